/** `chat`: on a screen where there is one, line by line on a pipe. */
import { CommandFailedError, UsageError } from '../failures.ts'
import { LineChat } from './lines.ts'
import { Terminal } from './screen/terminal.ts'
import type { Agent } from '../agent/calls.ts'
import type { Io } from '../io.ts'
import type { Output } from '../output.ts'

export interface ChatInit {
  agent: Agent
  /** Undefined: the chat that was used last, on a screen. */
  user: string | undefined
  io: Io
  out: Output
  err: Output
  /** Line by line even on a terminal. */
  plain?: boolean
}

export async function chat ({ agent, user, io, out, err, plain = false }: ChatInit): Promise<void> {
  if (!plain && Terminal.fits(io, out)) {
    const { ScreenChat } = await import('./screen/session.ts')
    await new ScreenChat({ agent, user: user ?? await lastUsed(agent), io, out }).run()
    return
  }
  if (user === undefined) throw new UsageError('say with whom: `posthouse chat did:key:z6Mk…`, or a name; only on a terminal it can be chosen')
  await new LineChat({ agent, user, io, out, err }).run()
}

async function lastUsed (agent: Agent): Promise<string> {
  let first: string | undefined
  await agent.call('conversations', {}, { onEvent: ({ userId }) => { first ??= userId } })
  if (first === undefined) throw new CommandFailedError('there is no chat yet: begin one with `posthouse chat did:key:z6Mk…`')
  return first
}
