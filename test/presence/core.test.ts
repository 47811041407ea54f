import assert from 'node:assert/strict'
import fc from 'fast-check'
import { NodePresenceCore, type NodePresenceEffect, type NodePresenceEvent } from '../../src/presence/core.ts'
import { NODE_PRESENCE_DEFAULTS as DEFAULTS, type NodePresenceLimits } from '../../src/presence/defaults.ts'
import { REFUSAL, type SealedBeat } from '../../src/types.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { deviceKey, sealedBeat } from './beats.ts'

const START = 1_800_000_000_000
const SPACING = DEFAULTS.spacingMs
const laptop = deviceKey(1)
const phone = deviceKey(2)

/** A core in virtual time: wakes it when it asked to be woken, and writes down what it does and when. */
class Driver {
  readonly #core: NodePresenceCore
  #now = START
  #wakeAt = Infinity
  /** Every effect but wake-ups, with the milliseconds since the start. */
  readonly log: Array<{ ms: number, effect: NodePresenceEffect }> = []

  constructor (limits: Partial<NodePresenceLimits> = {}) { this.#core = new NodePresenceCore({ ...DEFAULTS, ...limits }) }

  send (event: NodePresenceEvent): NodePresenceEffect[] {
    const effects = this.#core.handle(event, this.#now)
    for (const effect of effects) {
      if (effect.type === 'wakeAt') this.#wakeAt = Math.min(this.#wakeAt, effect.at)
      else this.log.push({ ms: this.#now - START, effect })
    }
    return effects
  }

  advance (ms: number): void {
    const until = this.#now + ms
    while (this.#wakeAt <= until) {
      assert.ok(this.#wakeAt > this.#now, 'a wake-up is in the future')
      this.#now = this.#wakeAt
      this.#wakeAt = Infinity
      this.send({ type: 'wake' })
    }
    this.#now = until
  }

  /** The clock is set. */
  set (now: number): void { this.#now = now }

  get published (): Array<[number, SealedBeat]> {
    return this.log.flatMap(({ ms, effect }) => effect.type === 'publish' ? [[ms, effect.beat] as [number, SealedBeat]] : [])
  }

  delivered (link: string): SealedBeat[] {
    return this.log.flatMap(({ effect }) => effect.type === 'deliver' && effect.link === link ? [effect.beat] : [])
  }

  beat (link: string, device: typeof laptop, now: SealedBeat, will?: SealedBeat): NodePresenceEffect[] {
    return this.send({ type: 'beat', link, device, now, will })
  }

  gossip (beat: SealedBeat, origin = 'origin', neighbour = 'neighbour'): string {
    return this.send({ type: 'gossip', origin, neighbour, beat }).map(effect => effect.type === 'ignore' ? effect.reason : effect.type)[0] ?? 'nothing'
  }
}

describe('beats of own devices', () => {
  it('go out at once, then at most one in 30 s, and the latest wins', () => {
    const driver = new Driver()
    driver.beat('a', laptop, sealedBeat(1, 1))
    driver.advance(1000)
    driver.beat('a', laptop, sealedBeat(1, 2))
    driver.beat('a', laptop, sealedBeat(1, 3))
    driver.advance(10 * SPACING)
    driver.beat('a', laptop, sealedBeat(1, 4))
    assert.deepEqual(driver.published, [[0, sealedBeat(1, 1)], [SPACING, sealedBeat(1, 3)], [10 * SPACING + 1000, sealedBeat(1, 4)]])
  })

  it('of two devices of one user both go out, in turn', () => {
    const driver = new Driver()
    driver.beat('a', laptop, sealedBeat(1, 1))
    driver.beat('b', phone, sealedBeat(1, 2))
    driver.advance(2 * SPACING)
    assert.deepEqual(driver.published, [[0, sealedBeat(1, 1)], [SPACING, sealedBeat(1, 2)]])
  })

  it('are held back by device, too: another tag is no way around', () => {
    const driver = new Driver()
    for (let user = 1; user <= 5; user++) driver.beat('a', laptop, sealedBeat(user, 1))
    driver.advance(SPACING)
    assert.deepEqual(driver.published, [[0, sealedBeat(1, 1)], [SPACING, sealedBeat(5, 1)]])
  })

  it('never come closer than 30 s, whatever devices do', () => {
    const action = fc.record({ device: fc.integer({ min: 1, max: 3 }), user: fc.integer({ min: 1, max: 2 }), kind: fc.constantFrom('beat', 'lost', 'goodbye'), waitMs: fc.nat(20_000) })
    fc.assert(fc.property(fc.array(action, { maxLength: 60 }), actions => {
      const driver = new Driver()
      actions.forEach(({ device, user, kind, waitMs }, word) => {
        if (kind === 'beat') driver.beat(`link-${device}`, deviceKey(device), sealedBeat(user, 2 * word), sealedBeat(user, 2 * word + 1))
        else driver.send({ type: kind as 'lost' | 'goodbye', link: `link-${device}` })
        driver.advance(waitMs)
      })
      driver.advance(10 * SPACING)
      for (const user of [1, 2]) {
        const times = driver.published.filter(([, beat]) => beat.tag === sealedBeat(user, 0).tag).map(([ms]) => ms)
        times.forEach((ms, at) => { assert.ok(at === 0 || ms - (times[at - 1] ?? 0) >= SPACING) })
      }
    }))
  })

  it('reach own users without any gossip, and newcomers at once', () => {
    const driver = new Driver()
    driver.send({ type: 'watch', link: 'watcher', tags: [sealedBeat(1, 1).tag] })
    driver.beat('a', laptop, sealedBeat(1, 1))
    driver.send({ type: 'watch', link: 'newcomer', tags: [sealedBeat(1, 1).tag, sealedBeat(2, 1).tag] })
    assert.deepEqual(driver.delivered('watcher'), [sealedBeat(1, 1)])
    assert.deepEqual(driver.delivered('newcomer'), [sealedBeat(1, 1)])
  })

  it('keep to the rate that other nodes admit of one origin', () => {
    const driver = new Driver({ originBurst: 3, originPerSecond: 2 })
    for (let number = 1; number <= 9; number++) driver.beat(`link-${number}`, deviceKey(number), sealedBeat(number, 1))
    assert.equal(driver.published.length, 3)
    driver.advance(1000)
    assert.equal(driver.published.length, 5)
    driver.advance(2000)
    assert.deepEqual(driver.published.map(([, beat]) => beat), [1, 2, 3, 4, 5, 6, 7, 8, 9].map(user => sealedBeat(user, 1)))
  })

  it('are not published again when the device’s other node was first', () => {
    const driver = new Driver()
    assert.equal(driver.gossip(sealedBeat(1, 1)), 'accept')
    driver.beat('a', laptop, sealedBeat(1, 1))
    assert.deepEqual(driver.published, [])
  })

  it('go on after the clock was set back', () => {
    const driver = new Driver()
    driver.beat('a', laptop, sealedBeat(1, 1))
    driver.set(START - 3_600_000)
    driver.beat('a', laptop, sealedBeat(1, 2))
    assert.deepEqual(driver.published.map(([, beat]) => beat), [sealedBeat(1, 1), sealedBeat(1, 2)])
  })
})

describe('a will', () => {
  const wait = DEFAULTS.willDelayMs

  it('goes out when the link is lost and the device does not come back', () => {
    const driver = new Driver()
    driver.beat('a', laptop, sealedBeat(1, 1), sealedBeat(1, 2))
    driver.advance(SPACING)
    driver.send({ type: 'lost', link: 'a' })
    driver.advance(wait - 1)
    assert.equal(driver.published.length, 1)
    driver.advance(1)
    assert.deepEqual(driver.published.at(-1), [SPACING + wait, sealedBeat(1, 2)])
  })

  it('takes the place of what the lost link had held back, and waits for its turn', () => {
    const driver = new Driver()
    driver.beat('a', laptop, sealedBeat(1, 1))
    driver.beat('a', laptop, sealedBeat(1, 3), sealedBeat(1, 4))
    driver.send({ type: 'lost', link: 'a' })
    driver.advance(2 * SPACING)
    assert.deepEqual(driver.published, [[0, sealedBeat(1, 1)], [SPACING, sealedBeat(1, 4)]])
  })

  it('is not sent after a goodbye, but the last word is', () => {
    const driver = new Driver()
    driver.beat('a', laptop, sealedBeat(1, 1), sealedBeat(1, 2))
    driver.beat('a', laptop, sealedBeat(1, 3))
    driver.send({ type: 'goodbye', link: 'a' })
    driver.send({ type: 'lost', link: 'a' })
    driver.advance(2 * SPACING)
    assert.deepEqual(driver.published, [[0, sealedBeat(1, 1)], [SPACING, sealedBeat(1, 3)]])
  })

  it('is replaced by the device that is back in time', () => {
    const driver = new Driver()
    driver.beat('a', laptop, sealedBeat(1, 1), sealedBeat(1, 2))
    driver.advance(SPACING)
    driver.send({ type: 'lost', link: 'a' })
    driver.advance(wait - 1)
    driver.beat('b', laptop, sealedBeat(1, 3), sealedBeat(1, 4))
    driver.advance(10 * SPACING)
    assert.deepEqual(driver.published.map(([, beat]) => beat), [sealedBeat(1, 1), sealedBeat(1, 3)])
  })

  it('of an older link means nothing when the device has a newer one', () => {
    const driver = new Driver()
    driver.beat('a', laptop, sealedBeat(1, 1), sealedBeat(1, 2))
    driver.beat('b', laptop, sealedBeat(1, 3), sealedBeat(1, 4))
    driver.send({ type: 'lost', link: 'a' })
    driver.advance(10 * SPACING)
    assert.deepEqual(driver.published.map(([, beat]) => beat), [sealedBeat(1, 1), sealedBeat(1, 3)])
  })

  it('is of the same tag, or nothing of it is taken', () => {
    const driver = new Driver()
    driver.beat('a', laptop, sealedBeat(1, 1), sealedBeat(2, 2))
    assert.deepEqual(driver.log.map(({ effect }) => effect), [{ type: 'refuse', refusal: { code: REFUSAL.malformed, retryAfterSeconds: 0 } }])
  })
})

describe('gossiped beats', () => {
  it('are carried on and reach the links that watch their tag', () => {
    const driver = new Driver()
    driver.send({ type: 'watch', link: 'a', tags: [sealedBeat(1, 1).tag] })
    driver.send({ type: 'watch', link: 'b', tags: [sealedBeat(2, 1).tag] })
    assert.equal(driver.gossip(sealedBeat(1, 1)), 'accept')
    assert.deepEqual(driver.delivered('a'), [sealedBeat(1, 1)])
    assert.deepEqual(driver.delivered('b'), [])
    driver.send({ type: 'watch', link: 'a', tags: [] })
    driver.gossip(sealedBeat(1, 2), 'another')
    driver.send({ type: 'lost', link: 'b' })
    driver.gossip(sealedBeat(2, 2))
    assert.deepEqual([...driver.delivered('a'), ...driver.delivered('b')], [sealedBeat(1, 1)])
  })

  it('end here when they came before, also by way of another origin', () => {
    const driver = new Driver()
    driver.send({ type: 'watch', link: 'a', tags: [sealedBeat(1, 1).tag] })
    driver.gossip(sealedBeat(1, 1))
    driver.advance(60_000)
    assert.equal(driver.gossip(sealedBeat(1, 1)), 'it came before')
    assert.equal(driver.gossip(sealedBeat(1, 1), 'another'), 'it came before')
    assert.equal(driver.delivered('a').length, 1)
  })

  it('end here when an origin repeats a tag too soon', () => {
    const driver = new Driver()
    driver.gossip(sealedBeat(1, 1))
    driver.advance(DEFAULTS.toleratedSpacingMs - 1)
    assert.equal(driver.gossip(sealedBeat(1, 2)), 'the tag comes too often')
    assert.equal(driver.gossip(sealedBeat(1, 2), 'another'), 'accept')
    driver.advance(1)
    assert.equal(driver.gossip(sealedBeat(1, 3)), 'accept')
  })

  it('end here when an origin says too much, until it has been quiet', () => {
    const driver = new Driver()
    const verdicts = Array.from({ length: DEFAULTS.originBurst + 1 }, (_, user) => driver.gossip(sealedBeat(user, 1)))
    assert.equal(verdicts.filter(verdict => verdict === 'accept').length, DEFAULTS.originBurst)
    assert.equal(verdicts.at(-1), 'the origin says too much')
    assert.equal(driver.gossip(sealedBeat(9999, 1), 'another'), 'accept')
    driver.advance(1000)
    assert.equal(driver.gossip(sealedBeat(9998, 1)), 'accept')
  })

  it('end here when a neighbour hands on too much, under however many names', () => {
    const driver = new Driver()
    for (let user = 0; user < DEFAULTS.neighbourBurst; user++) driver.gossip(sealedBeat(user, 1), `origin-${user}`)
    assert.equal(driver.gossip(sealedBeat(9999, 1), 'yet another'), 'the neighbour hands on too much')
    assert.equal(driver.gossip(sealedBeat(9999, 1), 'yet another', 'other neighbour'), 'accept')
  })

  it('that were ignored for a rate are not taken for known: the true one still passes', () => {
    const driver = new Driver({ originBurst: 1 })
    driver.gossip(sealedBeat(1, 1), 'loud')
    driver.gossip(sealedBeat(2, 1), 'loud')
    assert.equal(driver.gossip(sealedBeat(2, 1), 'honest'), 'accept')
  })
})

describe('what a node remembers', () => {
  it('comes to a new watcher newest first, the last few of a tag, while it holds', () => {
    const driver = new Driver()
    for (let word = 1; word <= 10; word++) driver.gossip(sealedBeat(1, word), `origin-${word}`)
    driver.send({ type: 'watch', link: 'a', tags: [sealedBeat(1, 1).tag] })
    assert.deepEqual(driver.delivered('a'), [10, 9, 8, 7, 6, 5, 4, 3].map(word => sealedBeat(1, word)))
    driver.send({ type: 'watch', link: 'a', tags: [sealedBeat(1, 1).tag, sealedBeat(2, 1).tag] })
    assert.equal(driver.delivered('a').length, 8, 'a tag that it watched before brings nothing again')
    driver.advance(DEFAULTS.lifeMs)
    driver.send({ type: 'watch', link: 'b', tags: [sealedBeat(1, 1).tag] })
    assert.deepEqual(driver.delivered('b'), [])
  })

  it('is bounded: the longest silent tags go first', () => {
    const driver = new Driver({ rememberedBeatsMax: 3 })
    for (const user of [1, 2, 3]) driver.gossip(sealedBeat(user, 1))
    driver.gossip(sealedBeat(1, 2), 'another')
    driver.send({ type: 'watch', link: 'a', tags: [1, 2, 3].map(user => sealedBeat(user, 1).tag) })
    assert.deepEqual(driver.delivered('a'), [sealedBeat(1, 2), sealedBeat(1, 1), sealedBeat(3, 1)])
  })
})

describe('the tables of a node', () => {
  const busy = [{ type: 'refuse', refusal: { code: REFUSAL.busy, retryAfterSeconds: 60 } }]

  it('take no more links than they have room for', () => {
    const driver = new Driver({ linksMax: 2 })
    driver.send({ type: 'watch', link: 'a', tags: [] })
    driver.beat('b', laptop, sealedBeat(1, 1))
    assert.deepEqual(driver.send({ type: 'watch', link: 'c', tags: [] }), busy)
    assert.deepEqual(driver.beat('c', phone, sealedBeat(2, 1)), busy)
    driver.send({ type: 'goodbye', link: 'a' })
    assert.deepEqual(driver.send({ type: 'watch', link: 'c', tags: [] }), [])
  })

  it('hold back no more beats than that, also of devices that left', () => {
    const driver = new Driver({ linksMax: 2, originBurst: 0, originPerSecond: 0 })
    for (const number of [1, 2]) {
      driver.beat('link', deviceKey(number), sealedBeat(number, 1))
      driver.send({ type: 'goodbye', link: 'link' })
    }
    assert.deepEqual(driver.beat('link', deviceKey(3), sealedBeat(3, 1)), busy)
    assert.notDeepEqual(driver.beat('link', deviceKey(2), sealedBeat(2, 2)), busy)
  })

  it('take no more tags of one link, and no more pairs of link and tag', () => {
    const driver = new Driver({ watchesMax: 3 })
    const tags = [1, 2].map(user => sealedBeat(user, 1).tag)
    driver.send({ type: 'watch', link: 'a', tags })
    assert.deepEqual(driver.send({ type: 'watch', link: 'b', tags }), busy)
    assert.deepEqual(driver.send({ type: 'watch', link: 'a', tags }), [], 'what it has counts once')
    const tooMany = Array.from({ length: LIMITS.presenceTags + 1 }, (_, user) => sealedBeat(user, 1).tag)
    assert.deepEqual(driver.send({ type: 'watch', link: 'a', tags: tooMany }), [{ type: 'refuse', refusal: { code: REFUSAL.malformed, retryAfterSeconds: 0 } }])
  })
})
