/** What every measured server answers: where it listens, and what it has used. */
import { answerCalls } from '../calls.ts'

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
    /** Resident bytes once what is garbage has been collected. */
    memory: () => {
      globalThis.gc?.()
      return process.memoryUsage.rss()
    },
    stop
  }
}
