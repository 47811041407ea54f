import assert from 'node:assert/strict'
import { DEVICES_DEFAULTS } from '../../../src/client/devices/defaults.ts'
import { Giver, Taker } from '../../../src/client/devices/transfer.ts'
import { defaultLogger } from '@libp2p/logger'
import { SyncBody } from '../../../src/wire/devices.ts'
import { systemRandom } from '../../../src/system.ts'
import { settled, VirtualClock } from '../virtual-clock.ts'
import type { ArchiveEntry } from '../../../src/client/devices/archive/forms.ts'
import type { Bytes, MessageId, PeerKey, RootKey } from '../../../src/types.ts'
import type { TransferProgress } from '../../../src/client/api.ts'

const OLD = 'aa'.repeat(32) as PeerKey
const NEW = 'bb'.repeat(32) as PeerKey
const ROOT = 'cc'.repeat(32) as RootKey

function contact (number: number, bytes = 0): ArchiveEntry {
  return { type: 'contact', root: number.toString(16).padStart(64, '0') as RootKey, record: new Uint8Array(bytes), profile: new Uint8Array(0), presenceKey: new Uint8Array(0), usedAt: 1, name: '', namedAt: 0 }
}

/** Two devices and a wire on which words can be lost. */
class Wire {
  readonly clock = new VirtualClock()
  readonly giver: Giver
  readonly taker: Taker
  readonly taken: ArchiveEntry[] = []
  readonly progress: TransferProgress[] = []
  entries: ArchiveEntry[] = []
  done = 0
  pieces = 0
  lose: (word: SyncBody) => boolean = () => false
  holdAcks = false
  shuffle = false
  readonly #late: SyncBody[] = []

  constructor () {
    const shared = { clock: this.clock, random: systemRandom, log: defaultLogger().forComponent('test'), progress: (progress: TransferProgress) => { this.progress.push(progress) } }
    this.giver = new Giver({ ...shared, self: OLD, entries: () => this.#all(), send: async body => { await this.#toNew(body) } })
    this.taker = new Taker({
      ...shared,
      givers: () => [OLD],
      send: async body => { this.#toOld(body) },
      take: async entries => { for await (const entry of entries) this.taken.push(entry) },
      done: async () => { this.done++ }
    })
  }

  get contacts (): string[] { return this.taken.flatMap(entry => entry.type === 'contact' ? [entry.root] : []) }

  async * #all (): AsyncGenerator<ArchiveEntry> {
    yield { type: 'head', version: 1, root: ROOT, made: 1, total: this.entries.length }
    yield * this.entries
    yield { type: 'end' }
  }

  async #toNew (body: Bytes): Promise<void> {
    const word = SyncBody.decode(body)
    if (word.piece !== undefined) this.pieces++
    if (this.lose(word)) return
    this.#late.push(word)
    if (this.shuffle && this.#late.length === 1 && word.piece?.last !== true) return
    for (const late of this.#late.splice(0).reverse()) if (late.piece !== undefined) await this.taker.piece(OLD, late.piece)
  }

  #toOld (body: Bytes): void {
    const word = SyncBody.decode(body)
    if (this.lose(word)) return
    if (word.want !== undefined) this.giver.wanted(NEW, word.want)
    if (word.ack !== undefined && !this.holdAcks) this.giver.acknowledged(NEW, word.ack)
  }

  async run (turns = 50): Promise<void> { for (let turn = 0; turn < turns; turn++) await settled() }
}

describe('transfer to a new device', () => {
  let wire: Wire

  beforeEach(() => { wire = new Wire() })

  afterEach(async () => {
    wire.giver.stop()
    await wire.taker.stop()
  })

  it('brings everything, in order and with progress', async () => {
    wire.entries = Array.from({ length: 20 }, (_, at) => contact(at, 30_000))
    wire.taker.begin()
    await wire.run()
    assert.equal(wire.done, 1)
    assert.deepEqual(wire.taken, [{ type: 'head', version: 1, root: ROOT, made: 1, total: 20 }, ...wire.entries, { type: 'end' }])
    assert.ok(wire.pieces > 4)
    assert.deepEqual(wire.progress.at(-1), { done: 20, total: 20 })
  })

  it('is complete on neither side before the last piece is on the new device’s disk and its word has come', async () => {
    // The entries fill their pieces: the last one has the end only.
    wire.entries = Array.from({ length: 2 }, (_, at) => contact(at, DEVICES_DEFAULTS.transferPieceBytes))
    wire.lose = ({ piece }) => piece?.last === true
    wire.taker.begin()
    await wire.run()
    assert.ok(wire.progress.length > 0 && wire.progress.every(({ done, total }) => done < total), JSON.stringify(wire.progress))
    wire.lose = ({ ack }) => ack !== undefined
    const before = wire.progress.length
    await wire.clock.advance(DEVICES_DEFAULTS.transferRetryMs)
    await wire.run()
    assert.equal(wire.done, 1)
    assert.deepEqual(wire.progress.slice(before).filter(({ done, total }) => done >= total), [{ done: 2, total: 2 }], 'the new device says so; the old one was not told')
  })

  it('takes pieces that overtake each other', async () => {
    wire.entries = Array.from({ length: 20 }, (_, at) => contact(at, 30_000))
    wire.shuffle = true
    wire.taker.begin()
    await wire.run()
    assert.deepEqual([wire.done, wire.contacts.length], [1, 20])
    assert.deepEqual(wire.contacts, [...wire.contacts].sort())
  })

  it('has no more than a window of pieces out', async () => {
    wire.entries = Array.from({ length: 50 }, (_, at) => contact(at, 100_000))
    wire.holdAcks = true
    wire.taker.begin()
    await wire.run()
    assert.equal(wire.pieces, DEVICES_DEFAULTS.transferWindow)
    assert.equal(wire.done, 0)
  })

  it('begins anew when something was lost, and another transfer ends the earlier one', async () => {
    wire.entries = Array.from({ length: 12 }, (_, at) => contact(at, 100_000))
    let lost = 0
    wire.lose = word => word.piece?.number === 2 && lost++ === 0
    wire.taker.begin()
    await wire.run()
    assert.equal(wire.done, 0)
    await wire.clock.advance(DEVICES_DEFAULTS.transferRetryMs)
    await wire.run()
    assert.equal(wire.done, 1)
    assert.equal(new Set(wire.contacts).size, 12)
  })

  it('asks again until somebody hears it', async () => {
    let lost = 0
    wire.lose = word => word.want !== undefined && lost++ < 3
    wire.taker.begin()
    await wire.clock.advance(3 * DEVICES_DEFAULTS.transferRetryMs)
    await wire.run()
    assert.equal(wire.done, 1)
  })

  it('passes over pieces and acknowledgements of strangers and of other transfers', async () => {
    wire.entries = [contact(1)]
    wire.lose = word => word.piece !== undefined
    wire.taker.begin()
    await wire.run()
    const piece = { transfer: new Uint8Array(16), number: 0, lines: new TextEncoder().encode('x\n'), last: true, done: 0n, total: 0n }
    await wire.taker.piece(OLD, piece)
    await wire.taker.piece(NEW, piece)
    wire.giver.acknowledged(OLD, { transfer: new Uint8Array(16), number: 99 })
    wire.giver.wanted(NEW, { transfer: new Uint8Array(16), giver: new Uint8Array(32) })
    assert.deepEqual([wire.done, wire.taken], [0, []])
  })

  it('is given up by the old device when the new one has gone', async () => {
    wire.entries = Array.from({ length: 50 }, (_, at) => contact(at, 100_000))
    wire.holdAcks = true
    wire.taker.begin()
    await wire.run()
    await wire.taker.stop()
    const { id } = { id: 'ee'.repeat(16) as MessageId }
    await wire.clock.advance(DEVICES_DEFAULTS.transferSilenceMs)
    wire.giver.acknowledged(NEW, { transfer: Uint8Array.from(Buffer.from(id, 'hex')), number: 50 })
    await wire.run()
    assert.equal(wire.pieces, DEVICES_DEFAULTS.transferWindow)
  })
})
