/** `posthouse route USER`: who serves a user, resolved and verified. */
import { Command, Option } from 'commander'
import { withAgent } from '../agent/open.ts'
import { contextOf, type CommandContext } from '../context.ts'
import { addUserOptions, type UserOptions } from '../options.ts'
import { calendarDate } from '../output.ts'
import { withProgress } from '../progress.ts'
import type { Io } from '../io.ts'

interface RouteOptions extends UserOptions { fresh?: true }

export function routeCommand (io: Io): Command {
  const command = addUserOptions(new Command('route'))
    .description('find out which nodes serve a user')
    .argument('<user>', 'did:key:z6Mk…, or the name that you gave')
    .addOption(new Option('--fresh', 'ask the network even if the route is known'))
  return command.action(async (user: string) => { await route(await contextOf<RouteOptions>(io, command), user) })
}

async function route (context: CommandContext<RouteOptions>, userText: string): Promise<void> {
  const { io, options, out } = context
  const { whom } = await import('../naming.ts')
  const find = await whom(userText)
  const found = await withAgent(context, async agent => await withProgress(io, 'looking for the route…', async () => {
    return await agent.call('route', { user: await find(agent), fresh: options.fresh === true }, { signal: io.stop })
  }))
  if (out.json) {
    await out.object(found)
    return
  }
  await out.table([
    ['user', found.userId],
    ...found.nodes.map((node, at) => [at === 0 ? 'served by' : '', node] as const),
    ['valid until', calendarDate(found.notAfter * 1000)],
    ['from', `${found.source}, ${Math.round(found.ms)} ms`]
  ])
}
