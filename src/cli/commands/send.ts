/** `posthouse send USER TEXT`: one message, and how far it must be before the command returns. */
import { Command, InvalidArgumentError, Option } from 'commander'
import { MESSAGE_STATES, type MessageState } from '../../types.ts'
import { withAgent } from '../agent/open.ts'
import { contextOf, type CommandContext } from '../context.ts'
import { CLI_DEFAULTS } from '../defaults.ts'
import { CommandFailedError, UsageError } from '../failures.ts'
import { addUserOptions, parseMessageId, type UserOptions } from '../options.ts'
import { readAll } from '../prompts.ts'
import { withProgress } from '../progress.ts'
import { shortId } from '../output.ts'
import { reached } from '../states.ts'
import type { MessageProgress } from '../agent/calls.ts'
import type { Io } from '../io.ts'

interface SendOptions extends UserOptions {
  until: MessageState
  timeout: number
  replyTo?: string
}

export function sendCommand (io: Io): Command {
  const command = addUserOptions(new Command('send'))
    .description('write a message')
    .argument('<user>', 'did:key:z6Mk…, or the name that you gave')
    .argument('<text>', 'the message, or - to read it from standard input')
    .addOption(new Option('--until <state>', 'what to wait for').choices(MESSAGE_STATES.slice(1)).default('stored'))
    .addOption(new Option('--reply-to <id>', 'the message that it answers').argParser(parseMessageId))
    .addOption(new Option('--timeout <seconds>', 'how long to wait; past it the message stays queued').argParser(parseSeconds).default(CLI_DEFAULTS.sendTimeoutSeconds))
  return command.action(async (user: string, text: string) => { await send(await contextOf<SendOptions>(io, command), user, text) })
}

async function send (context: CommandContext<SendOptions>, userText: string, textArgument: string): Promise<void> {
  const { io, options: { until, timeout, replyTo }, out } = context
  const { whom } = await import('../naming.ts')
  const find = await whom(userText)
  const text = textArgument === '-' ? await readAll(io, CLI_DEFAULTS.textBytes, 'the message') : textArgument
  checkText(text)
  const sent = await withAgent(context, async agent => await withProgress(io, 'queued…', async progress => {
    const { id } = await agent.call('send', { user: await find(agent), text, ...replyTo !== undefined && { replyTo } }, { signal: io.stop })
    let last: MessageProgress = { id, state: 'queued', copies: 0, w: 0, receipts: [] }
    const onEvent = (step: MessageProgress): void => {
      last = step
      progress.say(`${progressText(step)}…`)
    }
    try {
      return await agent.call('until', { id, state: until, timeoutMs: timeout * 1000 }, { signal: io.stop, onEvent })
    } catch (error) {
      if (!io.stop.aborted) throw error
      return last
    }
  }))
  if (out.json) await out.object({ id: sent.id, state: sent.state, copies: `${sent.copies}/${sent.w}`, receipts: sent.receipts })
  const late = io.stop.aborted ? `ended before the message was ${until}` : `the message is not ${until} after ${timeout} s`
  if (!reached(sent.state, until)) throw new CommandFailedError(lateSentence(sent, late))
  if (!out.json) await out.line(`${out.paint('green', '✓')} ${doneText(sent)} ${out.paint('dim', shortId(sent.id))}`)
}

function checkText (text: string): void {
  if (text.trim() === '') throw new UsageError('the message is empty')
  const bytes = Buffer.byteLength(text)
  if (bytes > CLI_DEFAULTS.textBytes) throw new CommandFailedError(`the message has ${bytes} bytes, and at most ${CLI_DEFAULTS.textBytes} go into one`)
}

/** Why the command fails, where the message is, and what becomes of it. late: what to say of the wait itself. */
export function lateSentence ({ state, copies, w, problem }: MessageProgress, late: string): string {
  if (reached(state, 'stored')) return `${late}: it is ${state}, and waits for its reader`
  const why = problem ?? late
  const evidence = w > 0 && !why.includes('copies:') ? `, copies: ${copies}/${w},` : ''
  return `${why}; it is ${state}${evidence} and stays queued: any running posthouse client goes on with it`
}

function progressText ({ state, copies, w }: MessageProgress): string {
  return state === 'accepted' && w > 0 ? `accepted, copies: ${copies}/${w}` : state
}

function doneText ({ state, copies, w }: MessageProgress): string {
  if (state === 'stored') return w === 1 ? 'stored on one node' : `stored on ${copies} nodes`
  return state
}

function parseSeconds (value: string): number {
  const seconds = Number(value)
  if (!(seconds > 0 && seconds <= CLI_DEFAULTS.sendTimeoutSecondsMax)) throw new InvalidArgumentError(`Give seconds, at most ${CLI_DEFAULTS.sendTimeoutSecondsMax}.`)
  return seconds
}
