/** Online delivery, offline deposit and offline drain, as fast as the window allows, for each size of envelope. */
import { inTurn, type Measured, type Subject } from './subjects.ts'
import type { Plan } from './plan.ts'
import type { Gathering, Target } from './rows.ts'

type Kind = 'online' | 'deposit' | 'drain'

const NAMES: Readonly<Record<Kind, string>> = Object.freeze({ online: 'online delivery', deposit: 'offline deposit', drain: 'offline drain' })

/** First target of durable online delivery through one node. */
const ONLINE_TARGETS: Target[] = [{ type: 'value', value: 20_000 }, { type: 'share of libp2p', share: 0.6 }]
const TARGET_BYTES = 600

/** An only kind that is wanted, or all of them. */
export async function measureThroughput (subjects: readonly Subject[], plan: Plan, gathering: Gathering, kinds: readonly Kind[] = ['online', 'deposit', 'drain']): Promise<void> {
  for (const { bytes, count } of plan.envelopes) {
    const load = { bytes, count, window: plan.window }
    // The first round warms up and is not counted.
    await inTurn(subjects, 1 + plan.rounds, async (subject, round) => {
      for (const type of ['online', 'deposit', 'drain'] as const) {
        // Nothing to drain without a deposit.
        if (!kinds.includes(type) && !(type === 'deposit' && kinds.includes('drain'))) continue
        const measured = await subject.measure({ type, load })
        if (round > 0 && kinds.includes(type)) note(gathering, subject, type, load, measured)
      }
    })
  }
}

function note (gathering: Gathering, { name }: Subject, kind: Kind, { bytes, count }: { bytes: number, count: number }, { wallMs, cpuMs, server }: Measured): void {
  const what = `${NAMES[kind]}, ${bytes} B`
  const targets = kind === 'online' && bytes === TARGET_BYTES ? ONLINE_TARGETS : []
  gathering.add({ what, unit: 'msg/s', better: 'more' }, name, count / wallMs * 1000)
  gathering.add({ what, unit: 'msg/s per server core', better: 'more', targets }, name, count / server.cpuMs * 1000)
  gathering.add({ what, unit: 'µs client CPU/msg', better: 'less' }, name, cpuMs / count * 1000)
}
