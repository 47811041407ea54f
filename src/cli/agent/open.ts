/** How a command comes to the user of its data directory. */
import { access } from 'node:fs/promises'
import { IdentityError } from '../../errors.ts'
import { controlSocketOf } from '../places.ts'
import { AttachedAgent } from './attached.ts'
import type { CommandContext } from '../context.ts'
import type { UserOptions } from '../options.ts'
import type { Agent } from './calls.ts'

/** Performs `work` with the user's agent and leaves in order, whatever happens. start: false where no network is needed. */
export async function withAgent<T> (context: CommandContext<UserOptions>, work: (agent: Agent) => Promise<T>, { start = true } = {}): Promise<T> {
  const agent = await openAgent(context, start)
  try {
    await agent.attach(context.io.stop)
    return await work(agent)
  } finally {
    await agent.close()
  }
}

async function openAgent (context: CommandContext<UserOptions>, start: boolean): Promise<AttachedAgent> {
  const { user, data } = context.places
  const socket = await controlSocketOf(user.directory)
  if (socket === undefined || !await exists(user.key)) {
    throw new IdentityError(`there is no user in ${data}: make one with \`posthouse user new\``)
  }
  return new AttachedAgent({
    socket,
    // Most of a second is the libp2p that only an owner needs.
    own: async () => await (await import('./owner.ts')).becomeOwner(context, { socket, start })
  })
}

async function exists (path: string): Promise<boolean> {
  return await access(path).then(() => true, () => false)
}
