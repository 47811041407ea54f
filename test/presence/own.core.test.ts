import assert from 'node:assert/strict'
import { PRESENCE_DEFAULTS } from '../../src/presence/defaults.ts'
import { OwnPresenceCore, type OwnPresenceEffect, type OwnPresenceEvent, type OwnPresenceInit } from '../../src/presence/own.core.ts'

const START = 1_800_000_000_000
const REFRESH = PRESENCE_DEFAULTS.refreshMs

type Said = Extract<OwnPresenceEffect, { type: 'beat' }>

class Driver {
  readonly #core: OwnPresenceCore
  now = START
  #wakeAt = Infinity
  readonly said: Said[] = []
  readonly saidAt: number[] = []

  constructor (init: Partial<OwnPresenceInit> = {}) { this.#core = new OwnPresenceCore({ refreshMs: REFRESH, ...init }) }

  get states (): string[] { return this.said.map(({ state }) => state) }

  send (...events: OwnPresenceEvent[]): void {
    for (const effect of events.flatMap(event => this.#core.handle(event, this.now))) {
      if (effect.type === 'wakeAt') {
        this.#wakeAt = Math.min(this.#wakeAt, effect.at)
      } else {
        this.said.push(effect)
        this.saidAt.push(this.now - START)
      }
    }
  }

  advance (ms: number): void {
    const until = this.now + ms
    while (this.#wakeAt <= until) {
      this.now = this.#wakeAt
      this.#wakeAt = Infinity
      this.send({ type: 'wake' })
    }
    this.now = until
  }
}

describe('own presence', () => {
  it('is said when it changes and a session is there, with a will after it', () => {
    const driver = new Driver()
    driver.send({ type: 'state', state: 'online' })
    assert.deepEqual(driver.said, [])
    driver.send({ type: 'attached' }, { type: 'state', state: 'online' }, { type: 'state', state: 'away' })
    assert.deepEqual(driver.said, [
      { type: 'beat', state: 'online', counter: START, will: START + 1 },
      { type: 'beat', state: 'away', counter: START + 2, will: START + 3 }
    ])
  })

  it('is repeated every ten minutes from the last word', () => {
    const driver = new Driver()
    driver.send({ type: 'attached' }, { type: 'state', state: 'online' })
    driver.advance(REFRESH / 2)
    driver.send({ type: 'state', state: 'away' })
    driver.advance(2 * REFRESH)
    assert.deepEqual(driver.saidAt, [0, REFRESH / 2, 1.5 * REFRESH, 2.5 * REFRESH])
    assert.deepEqual(driver.states, ['online', 'away', 'away', 'away'])
  })

  it('is said again to a new serving node, and when one is lost and will publish the will', () => {
    const driver = new Driver()
    driver.send({ type: 'state', state: 'online' }, { type: 'attached' }, { type: 'attached' }, { type: 'detached' })
    assert.deepEqual(driver.states, ['online', 'online', 'online'])
    const [first, , last] = driver.said
    assert.ok((last?.counter ?? 0) > (first?.will ?? 0), 'newer than every will before it')
  })

  it('is not said to nobody, and not forgotten', () => {
    const driver = new Driver()
    driver.send({ type: 'state', state: 'online' }, { type: 'attached' }, { type: 'detached' }, { type: 'state', state: 'offline' })
    driver.advance(10 * REFRESH)
    assert.deepEqual(driver.states, ['online'])
    driver.send({ type: 'attached' })
    assert.deepEqual(driver.said.at(-1), { type: 'beat', state: 'offline', counter: driver.now, will: undefined })
  })

  it('is silent while offline: said once, never repeated, and not at all by who was never here', () => {
    const driver = new Driver()
    driver.send({ type: 'attached' }, { type: 'state', state: 'offline' }, { type: 'attached' })
    assert.deepEqual(driver.said, [])
    driver.send({ type: 'state', state: 'online' }, { type: 'state', state: 'offline' }, { type: 'detached' }, { type: 'attached' })
    driver.advance(10 * REFRESH)
    assert.deepEqual(driver.states, ['online', 'offline'])
  })

  it('has a counter that rises when the clock does not', () => {
    const driver = new Driver({ counter: START + 5000 })
    driver.send({ type: 'attached' }, { type: 'state', state: 'online' })
    driver.now -= 3_600_000
    driver.send({ type: 'state', state: 'away' }, { type: 'state', state: 'offline' })
    assert.deepEqual(driver.said.map(({ counter }) => counter - START), [5001, 5003, 5005])
  })
})
