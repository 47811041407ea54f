/** `posthouse node`: runs a node until it is told to leave. */
import { Command, Option } from 'commander'
import { contextOf, type CommandContext } from '../context.ts'
import { Departure, checkReport, progressText, reportText } from '../departure.ts'
import { CommandFailedError } from '../failures.ts'
import { addSharedOptions, bootstrapOption, checkListen, collect, fromCommandLine, orFrom, type SharedOptions } from '../options.ts'
import { controlSocketOf } from '../places.ts'
import { withProgress } from '../progress.ts'
import type { ControlServer } from '../control/server.ts'
import type { Io } from '../io.ts'
import type { DrainReport, PosthouseNode } from '../../index.ts'

interface NodeOptions extends SharedOptions {
  listen?: string[]
  bootstrap?: string[]
  http?: string
  repair?: boolean
}

export function nodeCommand (io: Io): Command {
  const command = addSharedOptions(new Command('node'))
    .description('run a node')
    .addOption(orFrom('POSTHOUSE_LISTEN', new Option('--listen <multiaddr>', 'where to listen; may be given several times').argParser(collect)))
    .addOption(bootstrapOption())
    .addOption(orFrom('POSTHOUSE_HTTP', new Option('--http <host:port>', 'the operator’s page, on loopback only, or off')))
    .addOption(new Option('--repair', 'repair a damaged store; what cannot be repaired is set aside'))
  return command.action(async () => { await runNode(await contextOf<NodeOptions>(io, command)) })
}

async function runNode (context: CommandContext<NodeOptions>): Promise<void> {
  const { io, options, places } = context
  await checkListen(options.listen ?? [])
  const logger = await context.logger('info')
  const [{ createNode }, { settingsOf }] = await Promise.all([import('../../index.ts'), import('../../node/config.ts')])
  const settings = {
    ...options.network !== undefined && { network: options.network },
    ...options.http !== undefined && { http: options.http === 'off' ? false as const : options.http }
  }
  fromCommandLine(() => settingsOf(settings))
  const node = await createNode({
    dataDir: places.node,
    logger,
    ...settings,
    ...options.listen !== undefined && { listen: options.listen },
    ...options.bootstrap !== undefined && { bootstrap: options.bootstrap },
    ...options.repair !== undefined && { repair: options.repair }
  })
  await node.start()
  io.serve()
  const departure = new Departure(node)
  const control = await serveNode(context, node, departure)
  await sayReady(context, node)
  await Promise.race([stopAsked(io.stop), departure.asked])
  const report = await Promise.race([
    withProgress(io, 'finishing what is in flight…', async ({ say }) => await departure.leave(progress => { say(progressText(progress)) })),
    leftAtOnce(io.hurry)
  ])
  await control.close()
  await sayDrained(context, report)
  checkReport(report)
}

/** `posthouse status` and `posthouse drain` ask here. */
async function serveNode ({ places, logger }: CommandContext, node: PosthouseNode, departure: Departure): Promise<ControlServer> {
  const [{ serveControl }, { UnsupportedError }] = await Promise.all([import('../control/server.ts'), import('../../errors.ts')])
  const socket = await controlSocketOf(places.node)
  if (socket === undefined) throw new UnsupportedError(`the data directory ${places.node} went away`)
  return await serveControl(socket, async (method, _, { emit }) => {
    switch (method) {
      case 'status': return node.status()
      // Whoever asked may go away: the drain goes on. A caller that does not keep up misses what it was at, not how it ends.
      case 'drain': return { pid: process.pid, report: await departure.leave(progress => { void emit(progress) }) }
      default: throw new UnsupportedError('the running node does not know this command')
    }
  }, { log: (await logger('info')).forComponent('posthouse:control') })
}

async function sayReady ({ out, places }: CommandContext, node: PosthouseNode): Promise<void> {
  const http = node.http
  if (out.json) {
    await out.object({ event: 'ready', pid: process.pid, peerId: node.peerId, addrs: node.addrs, http: http ?? null })
    return
  }
  await out.line(`${out.paint('green', '●')} ready`)
  await out.table([
    ['node', node.peerId],
    ...node.addrs.map((address, at) => [at === 0 ? 'listens on' : '', address] as const),
    ...http === undefined ? [] : [['page', http] as const],
    ['data', places.node],
    ['leave', 'Ctrl-C or `posthouse drain`: its mail is handed over first']
  ])
}

async function sayDrained ({ out }: CommandContext, report: DrainReport): Promise<void> {
  if (out.json) await out.object({ event: 'drained', ...report })
  else await out.line(`${out.paint('dim', '○')} ${reportText(report)}`)
}

async function stopAsked (stop: AbortSignal): Promise<void> {
  if (stop.aborted) return
  // A listener on a signal keeps no process alive; the node's own sockets do.
  await new Promise<void>(resolve => { stop.addEventListener('abort', () => { resolve() }, { once: true }) })
}

/** Rejects at the second signal: whoever insists does not wait. */
async function leftAtOnce (hurry: AbortSignal): Promise<never> {
  await stopAsked(hurry)
  throw new CommandFailedError('left at once: what was not handed over yet stays on this node’s disk alone')
}
