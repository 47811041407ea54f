/** `posthouse inbox`: what others wrote, in display order. What it prints counts as read. */
import { Command, Option } from 'commander'
import { messageObject } from '../agent/lines.ts'
import { withAgent } from '../agent/open.ts'
import { ReadMarks } from '../agent/read-marks.ts'
import { contextOf, type CommandContext } from '../context.ts'
import { CLI_DEFAULTS } from '../defaults.ts'
import { CommandFailedError } from '../failures.ts'
import { addUserOptions, parseMessageId, type UserOptions } from '../options.ts'
import { withProgress } from '../progress.ts'
import type { Event, Result } from '../agent/calls.ts'
import type { Io } from '../io.ts'

interface InboxOptions extends UserOptions {
  follow?: true
  since?: string
}

export function inboxCommand (io: Io): Command {
  const command = addUserOptions(new Command('inbox'))
    .description('read what others wrote')
    .addOption(new Option('--follow', 'go on with what arrives, and with what becomes of it, until Ctrl-C'))
    .addOption(new Option('--since <id>', 'only what comes after this message').argParser(parseMessageId))
  return command.action(async () => { await inbox(await contextOf<InboxOptions>(io, command)) })
}

async function inbox (context: CommandContext<InboxOptions>): Promise<void> {
  const { io, options, out, err } = context
  const [{ Names }, { ConversationView }] = await Promise.all([import('../naming.ts'), import('../conversation-view.ts')])
  const follow = options.follow === true
  const { problem, unopened } = await withAgent(context, async agent => {
    const marks = new ReadMarks(agent)
    const names = await Names.of(agent)
    const view = new ConversationView(out, names)
    const onEvent = async (event: Event<'messages'>): Promise<void> => {
      if (event.type === 'contact') return names.set(event.user, event.name)
      if (out.json) await out.object(messageObject(event, userId => names.of(userId)))
      else await out.write(view.happening(event))
      if (event.type === 'message' && !event.line.isRead) marks.add(event.line)
    }
    const params = { follow, timeoutMs: CLI_DEFAULTS.settleTimeoutMs, ...options.since !== undefined && { since: options.since } }
    const read = async (): Promise<Result<'messages'>> => await agent.call('messages', params, { signal: io.stop, onEvent })
    try {
      return await (follow ? read() : withProgress(io, 'asking your nodes…', read))
    } catch (error) {
      // Ctrl-C is how one stops following.
      if (!follow || !io.stop.aborted) throw error
      return { problem: undefined, unopened: 0 }
    } finally {
      if (await marks.sent()) await agent.call('settle', { timeoutMs: CLI_DEFAULTS.marksTimeoutMs })
    }
  })
  if (unopened > 0) await err.line(unopenedSentence(unopened))
  if (problem !== undefined) throw new CommandFailedError(`${problem}: what is shown was here already, and more may be waiting`)
}

export function unopenedSentence (unopened: number): string {
  return `${unopened === 1 ? 'one message has' : `${unopened} messages have`} come that cannot be opened yet: what opens ${unopened === 1 ? 'it' : 'them'} is asked for`
}
