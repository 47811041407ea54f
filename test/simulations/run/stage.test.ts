// Who is on the stage, and what faults do to them.
import assert from 'node:assert/strict'
import { envelopeWrite } from '../../../simulations/actors/disk-tables.ts'
import { mailboxOf, makeEnvelope, rootKeyOf } from '../../../simulations/actors/values.ts'
import { castNodes } from '../../../simulations/run/cast.ts'
import { PARTS } from '../../../simulations/run/parts.ts'
import { setStage, type Stage } from '../../../simulations/run/stage.ts'
import { Chance } from '../../../simulations/world/chance.ts'
import { small } from './small.ts'
import type { Fault } from '../../../simulations/scenarios/scenario.ts'
import type { EnvelopeId, MessageId, PeerKey, RootKey, Seconds } from '../../../src/types.ts'

const HOUR = 3_600_000
const steady = [{ share: 1, churn: 'steady' }]

describe('the cast', () => {
  it('has exact shares, and liars among those that can be reached', () => {
    const cast = castNodes(small({
      nodes: 30,
      populations: [{ share: 0.7, churn: 'steady' }, { share: 0.1, churn: 'ipfs', nat: 1 }, { share: 0.2, churn: 'kad', serves: false, nat: 0.5 }],
      liars: { replicas: 0.2, routing: 0.1 }
    }), new Chance('cast'))
    const count = (is: (part: typeof cast[number]) => boolean): number => cast.filter(is).length
    assert.deepEqual([count(({ churn }) => churn === 'steady'), count(({ churn }) => churn === 'ipfs'), count(({ churn }) => churn === 'kad')], [21, 3, 6])
    assert.deepEqual([count(({ liesInStoring }) => liesInStoring), count(({ liesInRouting }) => liesInRouting)], [4, 3])
    assert.ok(cast.every(({ liesInStoring, serves, dialable }) => !liesInStoring || (serves && dialable)))
    assert.ok(cast.every(({ churn, dialable }) => churn !== 'ipfs' || !dialable))
    assert.equal(new Set(cast.map(({ key }) => key)).size, 30)
  })
})

describe('people', () => {
  it('know each other, both ways, and nobody themselves', () => {
    const { users } = setStage(small({ users: 12, contacts: 4 }), 'people', PARTS)
    const chance = new Chance('contacts')
    const known = new Map<RootKey, Set<RootKey>>(users.devices.map(({ root }) => [root, new Set(Array.from({ length: 200 }, () => users.contactOf(root, chance)))]))
    for (const [root, contacts] of known) {
      assert.ok(contacts.size >= 2 && !contacts.has(root))
      for (const other of contacts) assert.ok(known.get(other)?.has(root))
    }
  })
})

describe('faults', () => {
  const stageWith = async (fault: Fault): Promise<{ stage: Stage, pass: (hours: number) => Promise<void> }> => {
    const stage = setStage(small({ nodes: 10, populations: steady }), 'faults', PARTS)
    const pass = async (hours: number): Promise<void> => { await stage.world.run(stage.world.now() + hours * HOUR) }
    stage.nodes.begin()
    await pass(0.1)
    stage.faults.begin([fault])
    return { stage, pass }
  }
  const up = ({ nodes }: Stage): number => [...nodes.machines].filter(({ node }) => node.isUp).length

  it('that aim hit the very nodes whose receipts a sender counted, one message at a time', async () => {
    const { stage, pass } = await stageWith({ type: 'struckReplicas', at: 1, hours: 4, perHour: 1, withinSeconds: 60, replicas: 2, how: 'wiped' })
    const keys = [...stage.nodes.machines].map(({ key }) => key)
    const tell = (nodes: PeerKey[]): void => {
      stage.witness.state({ at: stage.world.now(), id: 'm' as MessageId, state: 'stored', copies: nodes.length, w: 3, envelopes: ['e' as EnvelopeId], nodes, problem: undefined })
    }
    const signed = keys.slice(0, 3)
    await pass(0.5)
    tell(signed)
    await pass(0.6)
    assert.equal(up(stage), 10, 'not before its hour')
    tell(signed)
    tell(keys.slice(5, 8))
    await pass(1 / 50)
    const down = [...stage.nodes.machines].filter(({ node }) => !node.isUp).map(({ key }) => key)
    assert.equal(down.length, 2)
    assert.ok(down.every(key => signed.includes(key)))
    await pass(1)
    assert.equal(up(stage), 10, 'with empty disks')
  })

  it('tell whoever checks receipts what they took from a disk, and nothing else', async () => {
    const isTold = async (fault: Fault, envelope: string): Promise<boolean> => {
      const { stage, pass } = await stageWith(fault)
      const machines = [...stage.nodes.machines]
      const mailbox = mailboxOf(rootKeyOf('reader'))
      const expiry = stage.world.now() / 1000 + 86_400 as Seconds
      const writes = ['e', 'f'].map((id, nth) => envelopeWrite({ position: nth + 1, envelope: makeEnvelope({ id, mailbox, expiry, bytes: 100 }) }))
      for (const { disk } of machines) disk.write(writes, { sync: true }, () => { /* it is */ })
      const breaches = (): number | undefined => stage.checks.map(check => check.verdict()).find(({ name }) => name === 'receipts-imply-bytes')?.figure
      const tell = (id: string, envelope: string): void => {
        const nodes = machines.map(({ key }) => key)
        stage.witness.state({ at: stage.world.now(), id: id as MessageId, state: 'stored', copies: 10, w: 10, envelopes: [envelope as EnvelopeId], nodes, problem: undefined })
      }
      await pass(1.1)
      tell('aimed at', 'e')
      await pass(0.1)
      const before = breaches()
      tell('judged', envelope)
      // Nobody signed for it: nothing but a disk that is told to be destroyed can excuse that nobody holds it.
      return breaches() === before
    }
    const strike = { type: 'struckReplicas', at: 1, hours: 4, perHour: 1, withinSeconds: 60, replicas: 10 } as const
    assert.ok(await isTold({ type: 'wipedDisks', at: 1, nodes: 1 }, 'f'))
    assert.ok(!await isTold({ type: 'wipedDisks', at: 1, nodes: 0.9 }, 'f'))
    assert.ok(await isTold({ type: 'bitFlips', at: 1, nodes: 1, values: 2 }, 'f'))
    assert.ok(await isTold({ ...strike, how: 'wiped' }, 'f'))
    assert.ok(await isTold({ ...strike, how: 'flipped' }, 'e'))
    assert.ok(!await isTold({ ...strike, how: 'flipped' }, 'f'))
  })

  it('of power strike again and again, and end', async () => {
    const { stage, pass } = await stageWith({ type: 'powerCuts', at: 1, hours: 2, nodes: 1, perNodeHour: 12 })
    await pass(1)
    assert.equal(up(stage), 10)
    let down = 0
    for (let look = 0; look < 24; look++) {
      await pass(1 / 12)
      down += 10 - up(stage)
    }
    assert.ok(down > 20, String(down))
    await pass(0.2)
    assert.equal(up(stage), 10)
  })

  it('of departure take machines away at once, for hours or for good', async () => {
    const { stage, pass } = await stageWith({ type: 'departure', at: 1, nodes: 0.3, backAfterHours: 2 })
    await pass(1.01)
    assert.equal(up(stage), 7)
    await pass(2)
    assert.equal(up(stage), 10)
    const forGood = await stageWith({ type: 'departure', at: 1, nodes: 0.3 })
    await forGood.pass(2)
    forGood.stage.nodes.settle()
    await forGood.pass(1)
    assert.deepEqual([up(forGood.stage), [...forGood.stage.nodes.machines].filter(({ life }) => life.isGone).length], [7, 3])
  })

  it('of disks last as long as they should, and are healed early by the epilogue', async () => {
    const { stage, pass } = await stageWith({ type: 'slowDisks', at: 1, hours: 2, nodes: 0.5, fsyncMs: 500 })
    const slow = (): number => [...stage.nodes.machines].filter(({ disk }) => disk.conditions.fsyncMs === 500).length
    await pass(1.5)
    assert.equal(slow(), 5)
    await pass(2)
    assert.equal(slow(), 0)
    const full = await stageWith({ type: 'fullDisks', at: 1, hours: 9, nodes: 0.5 })
    const isFull = (): number => [...full.stage.nodes.machines].filter(({ disk }) => disk.conditions.capacityBytes < Infinity).length
    await full.pass(1.5)
    assert.equal(isFull(), 5)
    full.stage.faults.heal()
    assert.equal(isFull(), 0)
  })

  it('of bits damage what is stored, and empty disks have nothing', async () => {
    const wiped = await stageWith({ type: 'wipedDisks', at: 1, nodes: 1 })
    assert.ok([...wiped.stage.nodes.machines].every(({ disk }) => disk.bytes > 0))
    await wiped.pass(1.01)
    assert.ok([...wiped.stage.nodes.machines].every(({ disk }) => disk.bytes === 0))
    await wiped.pass(1)
    assert.equal(up(wiped.stage), 10)
  })

  it('of crowds bring newcomers, who are gone again', async () => {
    const { stage, pass } = await stageWith({ type: 'flashCrowd', at: 1, hours: 2, nodes: 2, withinMinutes: 10 })
    await pass(1.5)
    assert.deepEqual([stage.nodes.size, up(stage)], [30, 30])
    await pass(2)
    assert.equal(up(stage), 10)
  })
})
