import assert from 'node:assert/strict'
import fc from 'fast-check'
import { PlacementCore, type PlacementEffect, type PlacementEvent } from '../../../src/client/placement/core.ts'
import { PLACEMENT_DEFAULTS } from '../../../src/client/placement/defaults.ts'
import { replicationFor } from '../../../src/dht/record.ts'
import type { Candidate } from '../../../src/client/placement/choice.core.ts'
import type { PeerKey } from '../../../src/types.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const T = 1_800_000_000_000

function key (name: string): PeerKey { return name as PeerKey }

function candidate (name: string, init: Partial<Candidate> = {}): Candidate {
  return { node: key(name), groups: [], knownSeconds: 0, load: 0, latencyMs: undefined, ...init }
}

/** A core with somebody who answers its questions: each name in `there` promises, others are silent. */
class Desk {
  readonly core = new PlacementCore()
  readonly published: Array<{ at: number, nodes: string[] }> = []
  readonly there = new Map<string, Candidate>()
  readonly finds: number[] = []
  readonly asks: string[] = []
  /** Whom the finder names. */
  named: () => Candidate[] = () => [...this.there.values()]
  listed: string[]
  now = T
  chosen: number
  #wakeAt = Infinity

  constructor (listed: string[], { chosen = 0, groups = {} as Record<string, string[]> } = {}) {
    this.listed = listed
    this.chosen = chosen
    this.groups = groups
    this.#record()
  }

  readonly groups: Record<string, string[]>

  say (event: PlacementEvent): void { this.#perform(this.core.handle(event, this.now, 0)) }

  attach (...names: string[]): void { for (const name of names) this.say({ type: 'attached', node: key(name) }) }
  detach (...names: string[]): void { for (const name of names) this.say({ type: 'detached', node: key(name) }) }

  /** Time passes; these fail every two minutes meanwhile. */
  pass (ms: number, { failing = [] as string[] } = {}): void {
    const until = this.now + ms
    let failAt = this.now
    while (this.now < until) {
      this.now = Math.min(until, failAt, Math.max(this.now + 1, this.#wakeAt))
      if (this.now >= failAt) {
        for (const name of failing) this.say({ type: 'failed', node: key(name) })
        failAt = this.now + 2 * MINUTE
      }
      if (this.now >= this.#wakeAt) {
        this.#wakeAt = Infinity
        this.say({ type: 'tick' })
      }
    }
  }

  #record (): void {
    this.say({ type: 'record', places: this.listed.map(name => ({ node: key(name), groups: this.groups[name] ?? this.there.get(name)?.groups ?? [] })), w: replicationFor(this.listed.length).w, chosen: this.chosen, signedAt: this.now })
  }

  #perform (effects: PlacementEffect[]): void {
    for (const effect of effects) {
      switch (effect.type) {
        case 'find':
          this.finds.push(this.now)
          this.say({ type: 'found', candidates: this.named() })
          break
        case 'ask':
          for (const node of effect.nodes) {
            this.asks.push(node)
            this.say({ type: 'asked', node, answer: this.there.has(node) ? 'promised' : 'silent', latencyMs: 10 })
          }
          break
        case 'publish':
          this.published.push({ at: this.now, nodes: effect.nodes })
          this.listed = effect.nodes
          this.#record()
          this.say({ type: 'published', done: true })
          break
        case 'wakeAt': this.#wakeAt = effect.at
      }
    }
  }

  add (...names: string[]): this {
    for (const name of names) this.there.set(name, candidate(name))
    return this
  }
}

const TWELVE = 'abcdefghijkl'.split('')

describe('placement core', () => {
  it('lets a full list whose nodes answer as it is', () => {
    const desk = new Desk(TWELVE).add('x', 'y')
    desk.attach('a', 'b')
    desk.pass(24 * HOUR)
    assert.deepEqual(desk.published, [])
    assert.ok(desk.finds.length <= 9, 'whom to turn to is asked a few times a day')
  })

  it('gives the place of a node that was silent for an hour to another, at the end of the list', () => {
    const desk = new Desk(TWELVE).add('x')
    desk.attach('a', 'b')
    desk.pass(59 * MINUTE, { failing: ['c'] })
    assert.deepEqual(desk.published, [])
    desk.pass(6 * MINUTE, { failing: ['c'] })
    assert.deepEqual(desk.published.map(({ nodes }) => nodes), [[...TWELVE.filter(name => name !== 'c'), 'x']])
    desk.pass(3 * HOUR)
    assert.equal(desk.published.length, 1)
  })

  it('keeps a node that answers now and then', () => {
    const desk = new Desk(TWELVE).add('x')
    desk.attach('a', 'b')
    for (let time = 0; time < 5; time++) {
      desk.pass(50 * MINUTE, { failing: ['c'] })
      desk.attach('c')
      desk.pass(3 * HOUR)
      desk.detach('c')
    }
    assert.deepEqual(desk.published, [])
  })

  it('does not wait an hour for one whose sessions are short', () => {
    const desk = new Desk(TWELVE).add('x')
    desk.attach('a', 'b')
    for (let session = 0; session < 3; session++) {
      desk.attach('c')
      desk.pass(20 * MINUTE)
      desk.detach('c')
      desk.pass(10 * MINUTE, { failing: ['c'] })
    }
    assert.deepEqual(desk.published, [])
    desk.pass(8 * MINUTE, { failing: ['c'] })
    assert.equal(desk.published.length, 1)
  })

  it('accuses nobody of an outage of our own network', () => {
    const desk = new Desk(TWELVE)
    desk.attach('a', 'b')
    desk.pass(10 * MINUTE)
    desk.detach('a', 'b')
    desk.pass(12 * HOUR, { failing: TWELVE })
    desk.add('x', 'y')
    desk.attach('a')
    desk.pass(MINUTE, { failing: TWELVE.slice(1) })
    assert.deepEqual(desk.published, [])
    // A laptop that sleeps looks attached, and time leaps.
    desk.now += 10 * HOUR
    desk.say({ type: 'failed', node: key('b') })
    desk.pass(MINUTE, { failing: ['b'] })
    assert.deepEqual(desk.published, [])
  })

  it('turns to others when all listed nodes are gone and others answer', () => {
    const desk = new Desk(['a']).add('x', 'y', 'z')
    desk.attach('a')
    desk.pass(5 * MINUTE)
    assert.deepEqual(desk.listed, ['a', 'x', 'y', 'z'], 'free places are filled')
    const alone = new Desk(['a'], { chosen: 1 })
    alone.attach('a')
    alone.detach('a')
    alone.named = () => [candidate('x')]
    alone.pass(50 * MINUTE, { failing: ['a'] })
    alone.add('x')
    alone.pass(50 * MINUTE, { failing: ['a'] })
    assert.deepEqual(alone.listed, ['a', 'x'], 'time counts from when somebody answered')
    alone.attach('x')
    alone.pass(HOUR, { failing: ['a'] })
    assert.deepEqual(alone.listed, ['x'])
  })

  it('fills free places within minutes when nodes join, the old and near ones first', () => {
    const desk = new Desk(['a'])
    desk.attach('a')
    desk.pass(3 * HOUR)
    assert.deepEqual(desk.published, [])
    const joined = desk.now
    desk.there.set('young', candidate('young'))
    desk.there.set('old', candidate('old', { knownSeconds: 86_400 }))
    desk.pass(6 * MINUTE)
    assert.deepEqual(desk.listed, ['a', 'old', 'young'])
    assert.ok((desk.published.map(({ at }) => at)[0] ?? Infinity) - joined <= PLACEMENT_DEFAULTS.findMsMax)
    desk.add('later')
    desk.pass(11 * MINUTE)
    assert.deepEqual(desk.listed, ['a', 'old', 'young', 'later'])
  })

  it('keeps a chosen list at its length', () => {
    const desk = new Desk(['a', 'b'], { chosen: 2 }).add('x', 'y')
    desk.attach('a')
    desk.pass(2 * HOUR)
    assert.deepEqual(desk.published, [])
    desk.pass(4 * MINUTE, { failing: ['b'] })
    assert.deepEqual(desk.published, [])
    desk.pass(8 * MINUTE, { failing: ['b'] })
    assert.deepEqual(desk.listed, ['a', 'b', 'x'], 'somebody stands by until it is back')
    desk.pass(70 * MINUTE, { failing: ['b'] })
    desk.attach('b')
    desk.pass(70 * MINUTE)
    assert.deepEqual(desk.listed, ['a', 'b', 'x'], 'a third holds what one that is gone does not')
  })

  it('lets a node that is gone stay in a list that nobody else may join, unless mail waits for it', () => {
    const three = new Desk(['a', 'b', 'c'])
    three.attach('a', 'b')
    three.pass(3 * HOUR, { failing: ['c'] })
    assert.deepEqual(three.published, [])
    const two = new Desk(['a', 'b'])
    two.attach('a')
    two.pass(3 * HOUR, { failing: ['b'] })
    assert.deepEqual(two.listed, ['a'])
  })

  it('replaces at once what it can when fewer than w nodes are left', () => {
    const desk = new Desk(TWELVE).add('x', 'y', 'z')
    desk.attach('a')
    desk.pass(10 * MINUTE, { failing: TWELVE.slice(2) })
    assert.deepEqual(desk.listed.slice(0, 2), ['a', 'b'])
    assert.ok(desk.listed.includes('x') && !desk.listed.includes('c'))
    assert.equal(desk.listed.length, 12)
  })

  it('keeps the place of a node that leaves for a while, unless too few are left', () => {
    const desk = new Desk(TWELVE).add('x')
    desk.attach('a', 'b')
    desk.say({ type: 'leaving', node: key('a') })
    desk.pass(30 * MINUTE)
    assert.deepEqual(desk.published, [])
    const small = new Desk(['a', 'b'])
    small.attach('a', 'b')
    small.say({ type: 'leaving', node: key('a') })
    small.add('x')
    small.say({ type: 'named', candidates: [candidate('x')] })
    small.pass(2 * MINUTE)
    assert.deepEqual(small.listed, ['b', 'x'])
  })

  it('replaces a node that two of the user’s nodes accuse, and never asks it again', () => {
    const desk = new Desk(TWELVE).add('x', 'c')
    desk.attach('a', 'b')
    desk.pass(11 * MINUTE)
    for (const by of ['a', 'a', 'stranger', 'c']) desk.say({ type: 'accused', by: key(by), node: key('c') })
    desk.pass(MINUTE)
    assert.deepEqual(desk.published, [], 'one accuser is not enough, whoever else joins in')
    desk.say({ type: 'accused', by: key('b'), node: key('c') })
    desk.pass(12 * MINUTE)
    assert.ok(!desk.listed.includes('c') && desk.listed.includes('x'))
    desk.pass(6 * 24 * HOUR)
    assert.ok(!desk.asks.includes('c'))
  })

  it('replaces a node that goes on refusing', () => {
    const desk = new Desk(TWELVE).add('x')
    desk.attach('a', 'b')
    desk.say({ type: 'refused', node: key('c') })
    desk.pass(11 * MINUTE)
    assert.deepEqual(desk.published, [])
    desk.say({ type: 'refused', node: key('c') })
    desk.pass(2 * MINUTE)
    assert.ok(desk.listed.includes('x'))
  })

  it('never lists two of one network prefix, nor asks for what it would not list', () => {
    const desk = new Desk(['a'], { groups: { a: ['10.1'] } })
    for (const [name, group] of [['b', '10.1'], ['c', '10.2'], ['d', '10.2'], ['e', '10.3']] as const) desk.there.set(name, candidate(name, { groups: [group] }))
    desk.attach('a')
    desk.pass(5 * MINUTE)
    assert.deepEqual(desk.listed, ['a', 'c', 'e'])
    assert.deepEqual(desk.asks, ['c', 'e'])
  })

  it('asks silent candidates ever more rarely, and remembers no more than it may', () => {
    const desk = new Desk(['a'])
    desk.attach('a')
    desk.named = () => [...Array.from({ length: 200 }, (_, at) => candidate(`crowd ${desk.now} ${at}`)), candidate('x')]
    desk.pass(HOUR)
    const asked = desk.asks.filter(name => name === 'x').length
    assert.ok(asked >= 1 && asked <= 5, String(asked))
    desk.named = () => []
    const before = desk.asks.length
    desk.pass(24 * HOUR)
    assert.ok(desk.asks.length - before <= PLACEMENT_DEFAULTS.candidatesMax * 10)
  })

  it('tries again later when publishing failed', () => {
    const core = new PlacementCore()
    core.handle({ type: 'record', places: [{ node: key('a'), groups: [] }], w: 1, chosen: 0, signedAt: T - HOUR }, T, 0)
    core.handle({ type: 'attached', node: key('a') }, T, 0)
    core.handle({ type: 'named', candidates: [candidate('x')] }, T, 0)
    const effects = core.handle({ type: 'asked', node: key('x'), answer: 'promised' }, T + 1, 0)
    assert.deepEqual(effects[0], { type: 'publish', nodes: ['a', 'x'] })
    core.handle({ type: 'published', done: false }, T + 2, 0)
    assert.deepEqual(core.handle({ type: 'tick' }, T + 30_000, 0).filter(({ type }) => type === 'publish'), [])
    let published: PlacementEffect[] = []
    for (let at = T + 31_000; published.length === 0 && at < T + 3 * MINUTE; at += 1000) {
      const tick = core.handle({ type: 'tick' }, at, 0)
      if (tick.some(({ type }) => type === 'find')) tick.push(...core.handle({ type: 'found', candidates: [] }, at, 0))
      published = tick.filter(({ type }) => type === 'publish')
    }
    assert.equal(published.length, 1)
  })

  it('never changes the list needlessly, too often, or into one that must not be, whatever happens', () => {
    const names = [...TWELVE, 'x', 'y', 'z']
    const groups = Object.fromEntries(names.map((name, at) => [name, [`10.${at % 13}`]]))
    const step = fc.record({ type: fc.constantFrom('attached', 'detached', 'answered', 'failed', 'refused', 'leaving', 'pass', 'pass', 'fail'), name: fc.constantFrom(...names), other: fc.constantFrom(...names), ms: fc.integer({ min: 0, max: 20 * MINUTE }) })
    fc.assert(fc.property(fc.integer({ min: 1, max: 12 }), fc.array(step, { maxLength: 40 }), (count, steps) => {
      const desk = new Desk(TWELVE.slice(0, count), { groups })
      for (const name of names) desk.there.set(name, candidate(name, { groups: groups[name] as string[] }))
      let before = desk.listed
      for (const { type, name, other, ms } of steps) {
        const already = desk.published.length
        if (type === 'pass') desk.pass(ms)
        else if (type === 'fail') desk.pass(ms, { failing: [name, other] })
        else desk.say({ type: type as 'attached', node: key(name) })
        for (const { nodes } of desk.published.slice(already)) {
          assert.ok(nodes.length <= 12 && new Set(nodes).size === nodes.length && nodes.length >= Math.min(before.length, 3))
          const stayed = nodes.filter(node => before.includes(node))
          assert.ok(nodes.some(node => !before.includes(node)) || stayed.length < before.length, 'something changed')
          assert.equal(new Set(nodes.flatMap(node => groups[node] ?? [])).size, nodes.length, 'no two of a prefix')
          before = nodes
        }
      }
      for (const [at, { at: time }] of desk.published.entries()) assert.ok(at === 0 || time - (desk.published[at - 1]?.at ?? 0) >= PLACEMENT_DEFAULTS.changeUrgentMs)
    }), { numRuns: 200 })
  })
})
