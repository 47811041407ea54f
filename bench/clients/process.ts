/** The process that the clients of one subject live in: prepares a workload, runs it when it is told to, and clears up. */
import { dialLibp2p } from '../reference/libp2p.ts'
import { dialPlain } from '../reference/plain.ts'
import { answerCalls } from '../calls.ts'
import { PosthouseSubject } from './posthouse.ts'
import { ReferenceSubject } from './reference.ts'
import { measureSealing } from './sealing.ts'
import { prepareDeposit, prepareDrain, prepareIdle, prepareLatency, prepareOnline, type Latencies, type Load, type Pace, type Prepared } from './workloads.ts'
import type { Mailbox, Subject } from './subject.ts'

/** What is to be done next. A drain reads what the deposit before it left. */
export type Workload =
  | { type: 'online' | 'deposit' | 'drain', load: Load }
  | { type: 'latency', pace: Pace }
  | { type: 'idle', connections: number }

export interface Ran { wallMs: number, cpuMs: number, latencies: Latencies | undefined }

export type ClientCalls = ReturnType<typeof callsOf>

export type SubjectName = 'posthouse' | 'libp2p' | 'plain'

const [name = '', address = '', network = ''] = process.argv.slice(2)
answerCalls(callsOf(subjectOf(name as SubjectName)))

function subjectOf (name: SubjectName): Subject {
  switch (name) {
    case 'posthouse': return new PosthouseSubject(address, network)
    case 'libp2p': return new ReferenceSubject(async () => await dialLibp2p(address))
    case 'plain': return new ReferenceSubject(async () => await dialPlain(address))
  }
}

function callsOf (subject: Subject) {
  let filled: { mailbox: Mailbox } | undefined
  const prepared: Array<Prepared<Latencies | void>> = []

  const prepare = async (workload: Workload): Promise<Prepared<Latencies | void>> => {
    switch (workload.type) {
      case 'online': return await prepareOnline(subject, workload.load)
      case 'latency': return await prepareLatency(subject, workload.pace)
      case 'idle': return await prepareIdle(subject, workload.connections)
      case 'deposit':
        filled = { mailbox: await subject.newMailbox() }
        return await prepareDeposit(subject, workload.load, filled.mailbox)
      case 'drain':
        if (filled === undefined) throw new Error('there is nothing to drain')
        return await prepareDrain(subject, workload.load, filled.mailbox)
    }
  }

  return {
    prepare: async (workload: Workload): Promise<void> => {
      prepared.push(await prepare(workload))
      globalThis.gc?.()
    },
    /** Runs what was prepared last. */
    run: async (): Promise<Ran> => {
      const cpu = process.cpuUsage()
      const begunAt = performance.now()
      const latencies = await prepared.at(-1)?.run() ?? undefined
      const wallMs = performance.now() - begunAt
      const { user, system } = process.cpuUsage(cpu)
      return { wallMs, cpuMs: (user + system) / 1000, latencies }
    },
    /** Lets go of everything that was prepared. */
    close: async (): Promise<void> => {
      for (const one of prepared.splice(0)) await one.close()
    },
    sealing: measureSealing
  }
}
