/** Follows one letter through the control socket of its author’s running process, as any later command would. */
import { RemoteAgent } from '../agent/remote.ts'
import { connectControl } from '../control/connection.ts'
import { CommandFailedError } from '../failures.ts'
import { controlSocketOf, type Places } from '../places.ts'
import type { MessageState } from '../../types.ts'

export interface Step { state: MessageState, at: number }

const READ_TIMEOUT_MS = 30_000

/** read: resolves with every state that the letter has had since, and when, once it was read. */
export async function watchLetter (places: Places, id: string): Promise<{ read: () => Promise<Step[]> } & AsyncDisposable> {
  const socket = await controlSocketOf(places.user.directory)
  const connection = socket === undefined ? undefined : await connectControl(socket)
  if (connection === undefined) throw new CommandFailedError('Alice’s process does not listen on its control socket')
  const agent = new RemoteAgent(connection)
  const steps: Step[] = []
  const done = agent.call('until', { id, state: 'read', timeoutMs: READ_TIMEOUT_MS }, {
    onEvent: ({ state }) => { if (steps.at(-1)?.state !== state) steps.push({ state, at: Date.now() }) }
  })
  // Awaited in read(); a story that ends before that has its own sentence.
  done.catch(() => {})
  return {
    read: async () => {
      const { state } = await done
      if (state !== 'read') throw new CommandFailedError(`The demo does not hold: Alice should see that her letter was read, and it is ${state}.`)
      return steps
    },
    [Symbol.asyncDispose]: async () => { await agent.close() }
  }
}
