/** The first process on a data directory: it has the store open, performs the calls, and lets others attach. */
import { createClient } from '../../client/index.ts'
import { serveControl } from '../control/server.ts'
import { readDeviceKey } from '../passphrase.ts'
import { LocalAgent } from './local/index.ts'
import { serveAgent } from './served.ts'
import type { CommandContext } from '../context.ts'
import type { UserOptions } from '../options.ts'
import type { Agent } from './calls.ts'

/** Rejects with StoreLockedError when another process has the store open. start: connect to the user's nodes at once. */
export async function becomeOwner (context: CommandContext<UserOptions>, { socket, start }: { socket: string, start: boolean }): Promise<Agent> {
  const { places, options } = context
  const logger = await context.logger('warn')
  const client = await createClient({
    store: places.user.store,
    deviceSeed: await readDeviceKey(context),
    existing: true,
    start,
    logger,
    ...options.bootstrap !== undefined && { bootstrap: options.bootstrap },
    ...options.network !== undefined && { network: options.network }
  })
  const agent = new LocalAgent(client)
  try {
    const server = await serveControl(socket, serveAgent(agent), { log: logger.forComponent('posthouse:control') })
    return {
      call: async (method, params, callOptions) => await agent.call(method, params, callOptions),
      // Those who wait for this process attach to the next owner as soon as the store's lock is free.
      close: async () => {
        await server.close()
        await agent.close()
      }
    }
  } catch (error) {
    await agent.close()
    throw error
  }
}
