import assert from 'node:assert/strict'
import { nodeFrame, SESSION, SYNC, syncFrame, type DeviceFrame, type NodeFrame, type SyncFrame } from '../../../simulations/actors/frames.ts'
import { Account } from '../../../simulations/actors/user/account.ts'
import { Drain } from '../../../simulations/actors/user/drain.ts'
import { DeviceProcess } from '../../../simulations/actors/user/process.ts'
import { Session, type Outcome, type SessionEvents } from '../../../simulations/actors/user/session.ts'
import { ClientStore } from '../../../simulations/actors/client-store.ts'
import { mailboxOf, makeEnvelope, peerKeyOf, rootKeyOf, storeIdOf } from '../../../simulations/actors/values.ts'
import { Disk } from '../../../simulations/world/disk.ts'
import { Network, type StreamEnd } from '../../../simulations/world/network.ts'
import { World } from '../../../simulations/world/world.ts'
import { CLIENT_DEFAULTS } from '../../../src/client/defaults.ts'
import { SESSION_DEFAULTS } from '../../../src/client/session/defaults.ts'
import { RELAY_DEFAULTS } from '../../../src/relay/defaults.ts'
import { REFUSAL, type Envelope } from '../../../src/types.ts'

const NODE = peerKeyOf('n1')
const ALICE = rootKeyOf('alice')
const STORE = storeIdOf('s1')

let seed = 0
let world: World
let network: Network
let process: DeviceProcess
const pass = async (ms: number): Promise<void> => { await world.run(world.now() + ms) }

function envelopeOf (id: string, bytes: number, mailbox = mailboxOf(ALICE)): Envelope {
  return makeEnvelope({ id, mailbox, expiry: 1_900_000_000, bytes })
}

beforeEach(() => {
  world = new World({ seed: ++seed })
  network = new Network(world, world.chance.split('network'), { latencyMs: 20, loss: 0, repeated: 0, reordered: 0 }, () => {})
  process = new DeviceProcess({ name: 'alice', world, host: network.host('alice'), chance: world.chance.split('alice') })
})

describe('a device’s session', () => {
  let session: Session
  let told: string[]
  let node: StreamEnd<NodeFrame, DeviceFrame>
  /** What the node's end does with each frame. */
  let onFrame: (frame: DeviceFrame) => void
  let push: SessionEvents['push']

  beforeEach(async () => {
    told = []
    onFrame = () => {}
    push = (_session, envelope, opened) => { told.push(`push ${envelope.id}`); opened() }
    const tell = (what: string) => () => { told.push(what) }
    network.host(NODE).handle(SESSION, stream => {
      node = stream as StreamEnd as StreamEnd<NodeFrame, DeviceFrame>
      node.onFrame = frame => { onFrame(frame) }
    })
    process.host.open(NODE, SESSION, 5000, stream => {
      assert.ok(stream !== undefined)
      const events: SessionEvents = {
        ready: tell('ready'),
        push: (...event) => { push(...event) },
        pushMissed: (_session, { id }) => { told.push(`missed ${id}`) },
        pushed: tell('pushed'),
        behind: tell('behind'),
        accepted: tell('accepted'),
        receipts: tell('receipts'),
        refused: tell('refused'),
        leaving: () => {},
        accused: () => {},
        moved: tell('moved'),
        heard: () => {},
        ended: (_session, broken) => { told.push(broken ? 'broken' : 'ended') }
      }
      session = new Session({ stream: stream as StreamEnd as StreamEnd<DeviceFrame, NodeFrame>, node: NODE, process, events })
    })
    await pass(1000)
  })

  async function hello (): Promise<void> {
    node.send(nodeFrame.hello(STORE))
    await pass(1000)
    assert.equal(session.storeId, STORE)
  }

  it('gives up a node that does not say Hello first', async () => {
    node.send(nodeFrame.pong())
    await pass(1000)
    assert.deepEqual(told, ['broken'])
  })

  it('gives up a question after its time, and passes over the answer that comes too late', async () => {
    await hello()
    const outcomes: Outcome[] = []
    let request = 0
    onFrame = frame => { if (frame.kind === 'find') request = frame.request }
    session.find(ALICE, true, outcome => { outcomes.push(outcome) })
    await pass(SESSION_DEFAULTS.lookupTimeoutMs - 1)
    assert.equal(outcomes.length, 0)
    await pass(1)
    node.send(nodeFrame.answer({ request }))
    await pass(1000)
    assert.deepEqual(outcomes, [{ type: 'timedOut' }])
    assert.ok(session.isOpen)
  })

  it('lets so many questions wait and no more, and loses all of them with the stream', async () => {
    await hello()
    const outcomes: string[] = []
    for (let question = 0; question <= SESSION_DEFAULTS.requestsMax; question++) session.find(ALICE, true, ({ type }) => { outcomes.push(type) })
    assert.deepEqual(outcomes, ['tooMany'])
    node.abort()
    await pass(1000)
    assert.equal(outcomes.filter(type => type === 'lost').length, SESSION_DEFAULTS.requestsMax)
    assert.deepEqual(told, ['ready', 'broken'])
    session.find(ALICE, true, ({ type }) => { outcomes.push(type) })
    assert.equal(outcomes.at(-1), 'lost')
  })

  it('lets pushes go that it has no room for, until those before them are opened', async () => {
    await hello()
    const opened: Array<() => void> = []
    push = (_session, _envelope, done) => { opened.push(done) }
    const bytes = 64 * 1024
    const fit = SESSION_DEFAULTS.pushQueueBytes / bytes
    const send = async (id: string): Promise<void> => {
      node.send(nodeFrame.push(envelopeOf(id, bytes)))
      await pass(100)
    }
    for (let at = 0; at < fit; at++) await send(`e${at}`)
    assert.equal(opened.length, fit)
    assert.equal(session.pushQueuedBytes, SESSION_DEFAULTS.pushQueueBytes)
    await send('one more')
    assert.deepEqual(told, ['ready', 'missed one more'])
    opened[0]?.()
    opened[0]?.()
    assert.equal(session.pushQueuedBytes, SESSION_DEFAULTS.pushQueueBytes - bytes)
    await send('again')
    assert.equal(opened.length, fit + 1)
  })

  it('tells a refusal as one, and a goodbye from a break', async () => {
    await hello()
    onFrame = frame => { if (frame.kind === 'route' || frame.kind === 'attach') node.send(nodeFrame.answer({ request: frame.request, refusal: { code: REFUSAL.busy, retryAfterSeconds: 7 } })) }
    const outcomes: Outcome[] = []
    session.attach(ALICE, mailboxOf(ALICE), peerKeyOf('alice'), outcome => { outcomes.push(outcome) })
    await pass(1000)
    assert.deepEqual(outcomes, [{ type: 'refused', refusal: { code: REFUSAL.busy, retryAfterSeconds: 7 } }])
    node.close()
    await pass(1000)
    assert.deepEqual(told, ['ready', 'ended'])
  })
})

describe('a device’s drain', () => {
  const STOLEN = mailboxOf(rootKeyOf('bob'))
  let ended: Array<string | undefined>
  let pages: Array<{ ids: string[], from: number, to: number, goOn: (more: boolean) => void }>
  let node: StreamEnd<SyncFrame>

  /** onDrain: what the node answers; isSlow: the reader does not go on by itself. */
  async function drain (onDrain: (send: (frame: SyncFrame) => void) => void, { isSlow = false } = {}): Promise<Drain> {
    ended = []
    pages = []
    network.host(NODE).handle(SYNC, stream => {
      node = stream as StreamEnd as StreamEnd<SyncFrame>
      node.onFrame = frame => { if (frame.kind === 'drain') onDrain(answer => { node.send(answer) }) }
    })
    const store = new ClientStore(new Disk(world, world.chance.split('disk')), () => {})
    const drained = new Drain({
      process,
      account: new Account({ root: ALICE, device: peerKeyOf('alice'), store, process }),
      node: NODE,
      cursor: undefined,
      started: () => {},
      page: (envelopes, { from, to }, goOn) => {
        pages.push({ ids: envelopes.map(({ id }) => id), from, to, goOn })
        if (!isSlow) goOn(true)
      },
      ended: failure => { ended.push(failure) }
    })
    await pass(2000)
    return drained
  }

  function page (position: number, last: boolean, { mailbox = mailboxOf(ALICE), storeId = STORE, bytes = 2000 } = {}): SyncFrame {
    return syncFrame.page({ storeId, envelopes: [{ position, envelope: envelopeOf(`e${position}`, bytes, mailbox) }], position, last })
  }

  it('takes page after page, and ends well with the last', async () => {
    await drain(send => {
      send(syncFrame.start(STORE, 0))
      send(page(4, false))
      send(page(9, true))
    })
    assert.deepEqual(pages.map(({ ids, from, to }) => ({ ids, from, to })), [{ ids: ['e4'], from: 0, to: 4 }, { ids: ['e9'], from: 4, to: 9 }])
    assert.deepEqual(ended, [undefined])
  })

  it('fails when the node is not held to the form, says no, or ends too early', async () => {
    const rude: Array<[RegExp, (send: (frame: SyncFrame) => void) => void]> = [
      [/not asked to/, send => { send(syncFrame.start(STORE, 7)) }],
      [/not asked to/, send => { send(syncFrame.start(STORE, 0)); send(syncFrame.start(STORE, 0)) }],
      [/something else/, send => { send(page(4, true)) }],
      [/something else/, send => { send(syncFrame.start(STORE, 0)); send(page(4, true, { mailbox: STOLEN })) }],
      [/something else/, send => { send(syncFrame.start(STORE, 0)); send(page(4, true, { storeId: storeIdOf('s2') })) }],
      [/something else/, send => { send(syncFrame.start(STORE, 0)); send(page(4, false)); send(page(3, true)) }],
      [/refused/, send => { send(syncFrame.refusal({ code: REFUSAL.notServed, retryAfterSeconds: 0 })) }],
      [/before its end/, send => { send(syncFrame.start(STORE, 0)); node.close() }]
    ]
    for (const [why, onDrain] of rude) {
      await drain(onDrain)
      assert.equal(ended.length, 1)
      assert.match(ended[0] ?? '', why)
    }
  })

  it('gives up a node that falls silent, but not while it is busy itself', async () => {
    await drain(send => { send(syncFrame.start(STORE, 0)); send(page(4, false)) }, { isSlow: true })
    await pass(2 * RELAY_DEFAULTS.drainAnswerMs)
    assert.deepEqual(ended, [])
    pages[0]?.goOn(true)
    await pass(RELAY_DEFAULTS.drainAnswerMs - 1)
    assert.deepEqual(ended, [])
    await pass(1)
    assert.match(ended[0] ?? '', /in time/)
  })

  it('gives up a node that cannot be reached', async () => {
    const unreachable = peerKeyOf('nobody')
    const store = new ClientStore(new Disk(world, world.chance.split('disk')), () => {})
    const failures: Array<string | undefined> = []
    network.host(unreachable).vanish('power')
    const started = new Drain({
      process,
      account: new Account({ root: ALICE, device: peerKeyOf('alice'), store, process }),
      node: unreachable,
      cursor: undefined,
      started: () => {},
      page: () => {},
      ended: failure => { failures.push(failure) }
    })
    await pass(CLIENT_DEFAULTS.drainStallMs)
    assert.match(failures[0] ?? '', /reached/)
    started.stop()
    assert.equal(failures.length, 1)
  })

  it('holds so many unread bytes, and then holds the node back', async () => {
    const count = 60
    const bytes = 60_000
    const drained = await drain(send => {
      send(syncFrame.start(STORE, 0))
      for (let position = 1; position <= count; position++) send(page(position, position === count, { bytes }))
    }, { isSlow: true })
    await pass(1000)
    assert.ok(drained.queuedBytes > RELAY_DEFAULTS.drainQueueBytes / 2)
    assert.ok(drained.queuedBytes <= RELAY_DEFAULTS.drainQueueBytes + bytes + 100)
    assert.ok(node.queuedBytes > 0)
    while (ended.length === 0 && pages.length <= count) {
      pages.at(-1)?.goOn(true)
      await pass(1000)
    }
    assert.equal(pages.length, count)
    assert.deepEqual(ended, [undefined])
  })
})
