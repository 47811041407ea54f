/** What a node is like when it has little to do: the time that a letter takes, and the memory of a silent connection. */
import { percentile } from './statistics.ts'
import { inTurn, Subject, SUBJECTS } from './subjects.ts'
import { withDirectory } from './processes.ts'
import type { Plan } from './plan.ts'
import type { Gathering, Target } from './rows.ts'

/** Latency at 200 messages a second on loopback. A receipt takes an fsync besides, which is the disk’s affair. */
const P50_TARGETS: Target[] = [{ type: 'value', value: 1 }]
const P99_TARGETS: Target[] = [{ type: 'value', value: 10 }]
/** Target: memory of an idle client, in KiB. */
const IDLE_TARGET_KIB = 60

export async function measureLatency (subjects: readonly Subject[], { rounds, latency: pace }: Plan, gathering: Gathering): Promise<void> {
  await inTurn(subjects, rounds, async subject => {
    const { latencies } = await subject.measure({ type: 'latency', pace })
    const { deliveredMs = [], storedMs = [] } = latencies ?? {}
    const add = (until: string, percent: number, values: number[], targets: Target[] = []): void => {
      gathering.add({ what: `until ${until}, at ${pace.perSecond} msg/s`, unit: `ms p${percent}`, better: 'less', targets }, subject.name, percentile(values, percent))
    }
    add('pushed', 50, deliveredMs, P50_TARGETS)
    add('pushed', 99, deliveredMs, P99_TARGETS)
    add('receipt', 50, storedMs)
    add('receipt', 99, storedMs)
  })
}

/** On fresh servers, so that what a busy one keeps for later is not counted. */
export async function measureIdle ({ idle: { connections, rounds } }: Plan, gathering: Gathering): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const name of SUBJECTS) {
      await withDirectory(async directory => {
        const subject = await Subject.start(name, directory)
        // The first few bring code and buffers with them that all share.
        await subject.clients.call('prepare', { type: 'idle', connections: Math.ceil(connections / 10) })
        await subject.clients.call('run')
        await subject.clients.call('prepare', { type: 'idle', connections })
        const before = await subject.server.call('memory')
        await subject.server.call('mark')
        await subject.clients.call('run')
        const { cpuMs } = await subject.server.call('measure')
        const after = await subject.server.call('memory')
        gathering.add({ what: `idle connection (${connections})`, unit: 'KiB RSS each', better: 'less', targets: [{ type: 'value', value: IDLE_TARGET_KIB }] }, name, (after - before) / 1024 / connections)
        gathering.add({ what: `connecting (${connections})`, unit: 'ms server CPU each', better: 'less' }, name, cpuMs / connections)
        await subject.clients.call('close')
        await subject.stop()
      })
    }
  }
}
