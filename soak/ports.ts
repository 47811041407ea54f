/** Ports for nodes that want the same one again after each kill. */
import { createServer } from 'node:net'
import { once } from 'node:events'
import { SOAK_DEFAULTS } from './defaults.ts'
import type { Chance } from '../simulations/world/chance.ts'

/** So many different ones on which nobody listens now. */
export async function freePorts (count: number, chance: Chance): Promise<number[]> {
  const { portMin, portMax } = SOAK_DEFAULTS
  const found = new Set<number>()
  for (let tries = 0; found.size < count; tries++) {
    if (tries > portMax - portMin) throw new Error(`there are no ${count} free ports from ${portMin} to ${portMax}`)
    const port = portMin + chance.integer(portMax - portMin)
    if (!found.has(port) && await isFree(port)) found.add(port)
  }
  return [...found]
}

async function isFree (port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
    return true
  } catch {
    return false
  }
}
