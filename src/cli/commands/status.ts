/** `posthouse status`: the node and the user of a data directory. */
import { access } from 'node:fs/promises'
import { Command } from 'commander'
import { withAgent } from '../agent/open.ts'
import { contextOf, type CommandContext } from '../context.ts'
import { progressText } from '../departure.ts'
import { CommandFailedError } from '../failures.ts'
import { addUserOptions, type UserOptions } from '../options.ts'
import { byteCount, duration, type Output } from '../output.ts'
import type { Result } from '../agent/calls.ts'
import type { Io } from '../io.ts'
import type { RunningNode } from '../node-status.ts'

export function statusCommand (io: Io): Command {
  const command = addUserOptions(new Command('status')).description('what runs in the data directory')
  return command.action(async () => { await status(await contextOf<UserOptions>(io, command)) })
}

async function status (context: CommandContext<UserOptions>): Promise<void> {
  const { out, places } = context
  const { runningNode } = await import('../node-status.ts')
  const node = await runningNode(places)
  const hasUser = await access(places.user.key).then(() => true, () => false)
  const user = hasUser ? clientOf(await withAgent(context, async agent => await agent.call('status', {}))) : undefined
  if (node === undefined && user === undefined) {
    throw new CommandFailedError(`no node runs in ${places.data}, and there is no user`)
  }
  if (out.json) {
    await out.object({ node: node ?? null, user: user ?? null })
    return
  }
  if (node !== undefined) await sayNode(out, node)
  if (node !== undefined && user !== undefined) await out.line()
  if (user !== undefined) await sayUser(out, user)
}

type Client = Omit<Result<'status'>, 'pid'> & { pid: number | null }

/** This process itself answers while no client runs, and is none. */
function clientOf (user: Result<'status'>): Client {
  return { ...user, pid: user.pid === process.pid ? null : user.pid }
}

async function sayNode (out: Output, node: RunningNode): Promise<void> {
  const { envelopes, bytes, queuedBytes } = node.mail
  await out.table([
    ['node', out.paint('bold', node.peerId)],
    ['state', node.storeFailure === undefined ? `${node.state}${node.verifying ? ', verifying its store against other nodes' : ''}, up ${duration(node.uptimeSeconds)}` : out.paint('red', `the store failed: ${node.storeFailure}`)],
    ...node.handover === undefined ? [] : [['drain', progressText(node.handover)] as const],
    ...node.addrs.map((address, at) => [at === 0 ? 'listens on' : '', address] as const),
    ['peers', String(node.peers)],
    ['users', `${node.users}, ${node.sessions} ${node.sessions === 1 ? 'session' : 'sessions'}`],
    ['mail', `${envelopes} ${envelopes === 1 ? 'envelope' : 'envelopes'}, ${byteCount(bytes)}${queuedBytes > 0 ? `, ${byteCount(queuedBytes)} on the way to the disk` : ''}`]
  ])
}

async function sayUser (out: Output, user: Client): Promise<void> {
  await out.table([
    ['user', out.paint('bold', user.userId)],
    ['client', user.pid === null ? 'none runs' : `process ${user.pid}, connected to ${user.connected.length} of ${user.nodes.length} nodes`],
    ...user.nodes.map((node, at) => [at === 0 ? 'served by' : '', `${node}${user.connected.includes(node) ? ` ${out.paint('green', '●')}` : ''}`] as const),
    ['waiting', user.queued === 1 ? '1 message' : `${user.queued} messages`]
  ])
}
