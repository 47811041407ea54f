import assert from 'node:assert/strict'
import { ContactPresenceCore, type ContactPresenceEffect, type ContactPresenceEvent, type ContactPresenceLimits } from '../../src/presence/contact.core.ts'
import { PRESENCE_DEFAULTS as DEFAULTS } from '../../src/presence/defaults.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { deviceKey, openedBeat } from './beats.ts'
import type { PeerKey, PresenceState, UserId } from '../../src/types.ts'

const START = 1_800_000_000_000
const MINUTE = 60_000
const alice = 'did:key:alice' as UserId
const bob = 'did:key:bob' as UserId
const laptop = deviceKey(1)
const phone = deviceKey(2)

/** A core in virtual time; `changes` are the states that a person would have seen. */
class Driver {
  readonly #core: ContactPresenceCore
  now = START
  #wakeAt = Infinity
  readonly effects: Array<Extract<ContactPresenceEffect, { type: 'presence' }>> = []

  constructor (limits: Partial<ContactPresenceLimits> = {}) { this.#core = new ContactPresenceCore({ ...DEFAULTS, ...limits }) }

  get changes (): string[] { return this.effects.map(({ user, state }) => `${user.slice(8)} ${state}`) }

  send (event: ContactPresenceEvent): void {
    for (const effect of this.#core.handle(event, this.now)) {
      if (effect.type === 'wakeAt') this.#wakeAt = Math.min(this.#wakeAt, effect.at)
      else this.effects.push(effect)
    }
  }

  says (user: UserId, device: PeerKey, state: PresenceState, counter = this.now): void {
    this.send({ type: 'beat', user, beat: openedBeat(device, state, counter) })
  }

  advance (ms: number): void {
    const until = this.now + ms
    while (this.#wakeAt <= until) {
      this.now = Math.max(this.now, this.#wakeAt)
      this.#wakeAt = Infinity
      this.send({ type: 'wake' })
    }
    this.now = until
  }
}

describe('a contact', () => {
  it('comes, goes away, comes back and leaves; what changes nothing is not told', () => {
    const driver = new Driver()
    for (const state of ['online', 'online', 'away', 'online', 'offline', 'offline'] as const) {
      driver.advance(MINUTE)
      driver.says(alice, laptop, state)
    }
    assert.deepEqual(driver.changes, ['alice online', 'alice away', 'alice online', 'alice offline'])
    assert.deepEqual(driver.effects.map(({ at }) => (at - START) / MINUTE), [1, 3, 4, 5])
  })

  it('is online if any of its devices is', () => {
    const driver = new Driver()
    driver.says(alice, laptop, 'offline')
    driver.says(alice, phone, 'away')
    driver.advance(1)
    driver.says(alice, laptop, 'online')
    driver.says(alice, phone, 'offline')
    driver.advance(1)
    driver.says(alice, laptop, 'offline')
    assert.deepEqual(driver.changes, ['alice offline', 'alice away', 'alice online', 'alice offline'])
  })

  it('has each device’s counter rise: equal and lower ones are old words', () => {
    const driver = new Driver()
    driver.says(alice, laptop, 'offline', START - 1)
    driver.says(alice, laptop, 'online', START - 1)
    driver.says(alice, laptop, 'online', START - 2)
    assert.deepEqual(driver.changes, ['alice offline'])
    driver.says(alice, phone, 'online', START - 2)
    assert.deepEqual(driver.changes, ['alice offline', 'alice online'])
  })

  it('ignores a late will of a device that is back', () => {
    const driver = new Driver()
    driver.says(alice, laptop, 'online', START)
    driver.says(alice, laptop, 'online', START + 2)
    driver.says(alice, laptop, 'offline', START + 1)
    assert.deepEqual(driver.changes, ['alice online'])
  })

  it('is not believed too far from our clock', () => {
    const driver = new Driver()
    driver.says(alice, laptop, 'online', START + LIMITS.clockAheadMs + 1)
    driver.says(alice, laptop, 'online', START - DEFAULTS.lifeMs)
    assert.deepEqual(driver.changes, [])
    driver.says(alice, laptop, 'online', START - DEFAULTS.lifeMs + 1)
    driver.says(bob, phone, 'online', START + LIMITS.clockAheadMs)
    assert.deepEqual(driver.changes, ['alice online', 'bob online'])
    assert.equal(driver.effects[1]?.at, START, 'nobody said anything in the future')
  })

  it('is unknown when its devices fall silent, and was here then', () => {
    const driver = new Driver()
    driver.says(alice, laptop, 'online')
    driver.says(alice, phone, 'offline')
    driver.advance(DEFAULTS.refreshMs)
    driver.says(alice, laptop, 'online')
    driver.advance(DEFAULTS.lifeMs - 1)
    assert.deepEqual(driver.changes, ['alice online'])
    driver.advance(1)
    assert.deepEqual(driver.effects.at(-1), { type: 'presence', user: alice, state: 'unknown', at: START + DEFAULTS.refreshMs })
  })

  it('stays online through two lost refreshes', () => {
    const driver = new Driver()
    for (let round = 0; round < 5; round++) {
      driver.says(alice, laptop, 'online')
      driver.advance(2.4 * DEFAULTS.refreshMs)
    }
    assert.deepEqual(driver.changes, ['alice online'])
  })

  it('stays offline: who is gone says nothing', () => {
    const driver = new Driver()
    driver.says(alice, laptop, 'offline')
    driver.advance(100 * DEFAULTS.lifeMs)
    assert.deepEqual(driver.changes, ['alice offline'])
  })

  it('falls silent at its own time, whoever else speaks', () => {
    const driver = new Driver()
    driver.says(alice, laptop, 'online')
    driver.advance(DEFAULTS.refreshMs)
    driver.says(bob, phone, 'away')
    driver.advance(DEFAULTS.lifeMs - DEFAULTS.refreshMs)
    assert.deepEqual(driver.changes, ['alice online', 'bob away', 'alice unknown'])
    driver.advance(DEFAULTS.refreshMs)
    assert.deepEqual(driver.changes.at(-1), 'bob unknown')
  })

  it('loses the word of a device that is no longer in its profile', () => {
    const driver = new Driver()
    driver.says(alice, laptop, 'online')
    driver.says(alice, phone, 'offline')
    driver.send({ type: 'devices', user: alice, devices: [phone] })
    assert.deepEqual(driver.changes, ['alice online', 'alice offline'])
  })

  it('is unknown again when it is forgotten', () => {
    const driver = new Driver()
    driver.says(alice, laptop, 'online')
    driver.send({ type: 'forget', user: alice })
    driver.send({ type: 'forget', user: bob })
    driver.advance(10 * DEFAULTS.lifeMs)
    assert.deepEqual(driver.changes, ['alice online', 'alice unknown'])
  })
})

describe('the table of contacts', () => {
  it('holds so many devices of a user', () => {
    const driver = new Driver()
    for (let device = 1; device <= LIMITS.profileDevices; device++) driver.says(alice, deviceKey(device), 'offline')
    driver.says(alice, deviceKey(99), 'online')
    assert.deepEqual(driver.changes, ['alice offline'])
    driver.advance(1)
    driver.says(alice, deviceKey(1), 'online')
    assert.deepEqual(driver.changes, ['alice offline', 'alice online'])
  })

  it('holds so many users: the longest silent one goes', () => {
    const driver = new Driver({ contactsMax: 1 })
    driver.says(alice, laptop, 'online')
    driver.says(bob, phone, 'online')
    assert.deepEqual(driver.changes, ['alice online', 'bob online', 'alice unknown'])
  })
})
