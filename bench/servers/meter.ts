/** What every measured server answers: where it listens, and what it has used. */
import { setTimeout } from 'node:timers/promises'
import { answerCalls } from '../calls.ts'

/** What a collection frees goes back to the system a little later. */
const GIVE_BACK_MS = 500

/** What a server used between `mark` and `measure`: all its threads, user and system. */
export interface Usage { cpuMs: number, wallMs: number }

export type ServerCalls = ReturnType<typeof callsOf>

/** Serves until the bench goes away. `stop` lets go of the disk. */
export function meter (address: string, stop: () => Promise<void>): void {
  answerCalls(callsOf(address, stop))
}

function callsOf (address: string, stop: () => Promise<void>) {
  let cpu = process.cpuUsage()
  let wall = performance.now()
  return {
    address: () => address,
    mark: () => {
      cpu = process.cpuUsage()
      wall = performance.now()
    },
    measure: (): Usage => {
      const { user, system } = process.cpuUsage(cpu)
      return { cpuMs: (user + system) / 1000, wallMs: performance.now() - wall }
    },
    /** Resident bytes once what is garbage has been collected and given back, as by itself after a while without work. */
    memory: async () => {
      giveBack()
      await setTimeout(GIVE_BACK_MS)
      giveBack()
      return process.memoryUsage.rss()
    },
    stop
  }
}

/** V8 keeps the memory of a burst for the next one; without this, that is most of what is measured. */
function giveBack (): void {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
