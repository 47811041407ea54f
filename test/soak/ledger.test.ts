// A soak that cannot fail is worth nothing: each fault is planted once, and must be found under its own name.
import assert from 'node:assert/strict'
import { Ledger } from '../../soak/ledger.ts'
import { envelopeIdOf, messageIdOf, peerKeyOf, rootKeyOf } from '../../simulations/actors/values.ts'
import { WORLD_BEGINS_AT } from '../../simulations/world/world.ts'
import type { Message, MessageState } from '../../src/types.ts'

const CHECKS = ['stored-is-shown', 'shown-once', 'causal-order', 'history-is-what-was-shown', 'nothing-made-up', 'all-arrived']
const BOB = peerKeyOf('bob')

/** Alice writes to Bob; times are milliseconds since the beginning. */
class Story {
  now = 0
  readonly ledger = new Ledger(() => this.#at)

  get #at (): number { return WORLD_BEGINS_AT + this.now }

  written (name: string, parents: string[] = []): void {
    this.ledger.testimony.written({ at: this.#at, message: message(name, parents), expiry: Infinity })
  }

  told (name: string, state: MessageState, nodes: string[] = [], envelopes: string[] = []): void {
    const at = this.#at
    this.#about(name, witness => { witness.state({ at, id: messageIdOf(name), state, copies: nodes.length, w: 2, envelopes: envelopes.map(envelopeIdOf), nodes: nodes.map(peerKeyOf), problem: undefined }) })
  }

  shown (name: string, { parents = [], missing = [], late = false }: { parents?: string[], missing?: string[], late?: boolean } = {}): void {
    const at = this.#at
    this.#about(name, witness => { witness.shown({ at, reader: rootKeyOf('bob'), device: BOB, message: message(name, parents), missing: missing.map(messageIdOf), late }) })
  }

  /** The whole way of a message. */
  arrives (name: string, parents: string[] = []): void {
    this.written(name, parents)
    this.told(name, 'stored', ['n1', 'n2'], [name])
    this.shown(name, { parents })
  }

  client (up: boolean): void { this.ledger.testimony.witness.process({ at: this.#at, actor: BOB, isNode: false, up, left: false }) }

  history (...names: string[]): void { this.ledger.compareHistory(BOB, names.map(messageIdOf)) }

  /** Names of the checks that found something. */
  get broken (): string[] { return this.ledger.verdicts().filter(({ kept }) => !kept).map(({ name }) => name) }

  #about (name: string, tell: (witness: Ledger['testimony']['witness']) => void): void {
    const { testimony } = this.ledger
    testimony.about(messageIdOf(name), () => { tell(testimony.witness) })
  }
}

describe('soak ledger', () => {
  let story: Story
  beforeEach(() => { story = new Story() })

  it('finds nothing where nothing is amiss', () => {
    story.arrives('a')
    story.arrives('b', ['a'])
    story.history('a', 'b')
    assert.deepEqual(story.broken, [])
    assert.deepEqual(story.ledger.verdicts().map(({ name }) => name), CHECKS)
    assert.deepEqual(story.ledger.counts(), { written: 2, stored: 2, shown: 2, lost: 0, shownTwice: 0, gaps: 0, late: 0 })
    assert.deepEqual(story.ledger.amiss(), [])
    assert.equal(story.ledger.isSettled, true)
  })

  it('lost: stored and never shown, with all that is known of it', () => {
    story.arrives('a')
    story.written('b')
    story.now = 40
    story.told('b', 'stored', ['n1', 'n2'], ['b1'])
    story.told('b', 'stored', ['n2', 'n3'], ['b2'])
    assert.deepEqual(story.broken, ['stored-is-shown'])
    assert.equal(story.ledger.counts().lost, 1)
    assert.equal(story.ledger.isSettled, false)
    const [letter, ...others] = story.ledger.amiss()
    assert.deepEqual(others, [])
    assert.deepEqual(letter && { id: letter.id, storedAt: letter.storedAt, signers: [...letter.signers], envelopes: [...letter.envelopes] }, {
      id: messageIdOf('b'), storedAt: WORLD_BEGINS_AT + 40, signers: ['n1', 'n2', 'n3'].map(peerKeyOf), envelopes: ['b1', 'b2'].map(envelopeIdOf)
    })
  })

  it('a message that was never stored is no loss, and is found too', () => {
    story.written('a')
    story.told('a', 'accepted', ['n1'])
    assert.deepEqual(story.broken, ['all-arrived'])
    assert.match(story.ledger.verdicts().at(-1)?.examples[0] ?? '', new RegExp(`${messageIdOf('a')} is still accepted`))
    assert.equal(story.ledger.counts().lost, 0)
  })

  it('shown twice, also when the client ran anew between', () => {
    story.arrives('a')
    story.client(false)
    story.client(true)
    story.shown('a')
    assert.deepEqual(story.broken, ['shown-once'])
    assert.equal(story.ledger.counts().shownTwice, 1)
    assert.deepEqual(story.ledger.amiss().map(({ id, shownAt }) => [id, shownAt.length]), [[messageIdOf('a'), 2]])
  })

  it('out of order: shown before what it answers, without a gap', () => {
    story.written('a')
    story.written('b', ['a'])
    story.shown('b', { parents: ['a'] })
    story.shown('a', { late: true })
    assert.deepEqual(story.broken, ['causal-order'])
  })

  it('a gap that is shown, and what comes late and says so, are allowed and counted', () => {
    story.written('a')
    story.written('b', ['a'])
    story.shown('b', { parents: ['a'], missing: ['a'] })
    story.shown('a', { late: true })
    assert.deepEqual(story.broken, [])
    const { gaps, late } = story.ledger.counts()
    assert.deepEqual({ gaps, late }, { gaps: 1, late: 1 })
  })

  it('late without saying so', () => {
    story.written('a')
    story.written('b', ['a'])
    story.shown('b', { parents: ['a'], missing: ['a'] })
    story.shown('a')
    assert.deepEqual(story.broken, ['causal-order'])
  })

  it('a history that lacks a message, has one twice, or has another order', () => {
    for (const history of [['a'], ['a', 'b', 'b'], ['b', 'a'], ['a', 'b', 'c']]) {
      story = new Story()
      story.arrives('a')
      story.arrives('b')
      story.history(...history)
      assert.deepEqual(story.broken, ['history-is-what-was-shown'], history.join())
    }
  })

  it('a message that nobody wrote', () => {
    story.shown('a')
    assert.deepEqual(story.broken, ['nothing-made-up'])
  })

  it('what is shown before its writer knows its id counts when it is written', () => {
    story.now = 10
    story.shown('a')
    story.now = 20
    story.written('a')
    story.told('a', 'stored', ['n1', 'n2'], ['a'])
    assert.deepEqual(story.broken, [])
    assert.equal(story.ledger.counts().shown, 1)
  })

  it('measures: until stored, until shown to whoever was there and to all, the longest pause of the traffic', () => {
    const { ledger } = story
    story.client(true)
    story.now = 1000
    ledger.trafficBegins()
    story.written('a')
    story.now = 1050
    story.told('a', 'stored')
    story.told('a', 'delivered')
    story.shown('a')
    story.written('b')
    story.now = 1750
    story.client(false)
    story.client(true)
    story.told('b', 'read')
    story.shown('b')
    story.now = 2000
    ledger.trafficEnds()
    story.written('c')
    story.now = 9000
    story.told('c', 'stored')
    assert.deepEqual(ledger.storedMs.quantiles([0, 0.5, 1]), [50, 700, 7000])
    assert.deepEqual(ledger.deliveryMs.quantiles([0, 1]), [50, 50])
    assert.deepEqual(ledger.deliveryAllMs.quantiles([0, 1]), [50, 700])
    assert.equal(ledger.storedPauseMs, 700)
    assert.equal(ledger.movedAt, WORLD_BEGINS_AT + 9000)
  })
})

function message (name: string, parents: string[]): Message {
  return {
    id: messageIdOf(name),
    from: rootKeyOf('alice'),
    device: peerKeyOf('alice'),
    conversation: rootKeyOf('bob'),
    sentAt: WORLD_BEGINS_AT,
    stamp: WORLD_BEGINS_AT,
    parents: parents.map(messageIdOf),
    content: { type: 'text', text: name, mentions: [], replyTo: undefined, expiresAfterSeconds: 0 }
  }
}
