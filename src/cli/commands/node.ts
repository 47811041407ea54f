/** `posthouse node`: runs a node until it is told to leave. */
import { Command, Option } from 'commander'
import { contextOf, type CommandContext } from '../context.ts'
import { addSharedOptions, bootstrapOption, checkMultiaddrs, collect, type SharedOptions } from '../options.ts'
import { controlSocketOf } from '../places.ts'
import type { ControlServer } from '../control/server.ts'
import type { Io } from '../io.ts'
import type { PosthouseNode } from '../../index.ts'

interface NodeOptions extends SharedOptions {
  listen?: string[]
  bootstrap?: string[]
  http?: string
}

export function nodeCommand (io: Io): Command {
  const command = addSharedOptions(new Command('node'))
    .description('run a node')
    .addOption(new Option('--listen <multiaddr>', 'where to listen; may be given several times').env('POSTHOUSE_LISTEN').argParser(collect))
    .addOption(bootstrapOption())
    .addOption(new Option('--http <host:port>', 'the operator’s page, on loopback only, or off').env('POSTHOUSE_HTTP'))
  return command.action(async () => { await runNode(await contextOf<NodeOptions>(io, command)) })
}

async function runNode (context: CommandContext<NodeOptions>): Promise<void> {
  const { io, options, places } = context
  await checkMultiaddrs('--listen', options.listen ?? [], { peer: false })
  await checkMultiaddrs('--bootstrap', options.bootstrap ?? [], { peer: true })
  const logger = await context.logger('info')
  const { createNode } = await import('../../index.ts')
  const node = await createNode({
    dataDir: places.node,
    logger,
    ...options.listen !== undefined && { listen: options.listen },
    ...options.bootstrap !== undefined && { bootstrap: options.bootstrap },
    ...options.network !== undefined && { network: options.network },
    ...options.http !== undefined && { http: options.http === 'off' ? false as const : options.http }
  })
  await node.start()
  const control = await serveNode(context, node)
  await sayReady(context, node)
  await stopAsked(io)
  const report = await node.drain()
  await control.close()
  await sayDrained(context, report)
}

/** `posthouse status` asks here. */
async function serveNode ({ places, logger }: CommandContext, node: PosthouseNode): Promise<ControlServer> {
  const [{ serveControl }, { UnsupportedError }] = await Promise.all([import('../control/server.ts'), import('../../errors.ts')])
  const socket = await controlSocketOf(places.node)
  if (socket === undefined) throw new UnsupportedError(`the data directory ${places.node} went away`)
  return await serveControl(socket, async method => {
    if (method !== 'status') throw new UnsupportedError('the running node does not know this command')
    return node.status()
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
    ['leave', 'Ctrl-C: what is in flight is finished first']
  ])
}

async function sayDrained ({ out }: CommandContext, report: { handedOver: number }): Promise<void> {
  if (out.json) await out.object({ event: 'drained', ...report })
  else await out.line(`${out.paint('dim', '○')} drained, ${report.handedOver} handed over`)
}

async function stopAsked ({ stop }: Pick<Io, 'stop'>): Promise<void> {
  if (stop.aborted) return
  // A listener on a signal keeps no process alive; the node's own sockets do.
  await new Promise<void>(resolve => { stop.addEventListener('abort', () => { resolve() }, { once: true }) })
}
