// Processes that die at random points between a ratchet's step, its batch and what follows. Nothing may be lost,
// nothing undecryptable, nothing come twice.
import assert from 'node:assert/strict'
import { FULL } from '../../full.ts'
import { World } from './world.ts'
import type { Device } from './device.ts'

/** Deaths in all, over the runs below. */
const KILLS = FULL ? 1000 : 100
const RUNS = 10

describe('groups whose processes are killed', function () {
  this.timeout(240_000)
  this.slow(60_000)

  for (let run = 0; run < RUNS; run++) {
    it(`lose nothing (${KILLS / RUNS} kills, seed ${run})`, async () => { await survive(run, Math.ceil(KILLS / RUNS)) })
  }
})

async function survive (seed: number, kills: number): Promise<void> {
  const world = new World(seed)
  const random = world.random(99)
  const pick = <T>(all: T[]): T => all[Math.floor(random.fraction() * all.length)] as T
  const [alice, bob] = [await world.user(1 + seed % 2), await world.user(1 + (seed >> 1) % 2)]
  const devices = world.devices
  const said: string[] = []
  let notes = 0
  world.loses = ({ note }) => note !== undefined && ++notes === 0
  for (let killed = 0; killed < kills;) {
    const victim = pick(devices)
    victim.dieAfter({ afterBatches: Math.floor(random.fraction() * 6), written: random.fraction() < 0.5 })
    for (let words = 0; words < 2; words++) {
      const speaker = pick(devices)
      const text = `${String(said.length).padStart(5, '0')}`
      // What was not written down was never said.
      const isSaid = await speaker.say(speaker.user === alice ? bob : alice, text).then(() => true, async () => await speaker.hasLine(text))
      if (isSaid) said.push(text)
      await survivors(devices)
    }
    if (victim.isDead) {
      killed++
      await victim.restart()
    } else {
      victim.dieAfter({ afterBatches: Infinity, written: true })
    }
    await world.clock.advance(1000)
  }
  await world.pass(10 * 60_000, 30_000)
  // What is lost would heal; but a death alone makes nothing undecryptable, so nobody had to ask.
  assert.equal(notes, 0, 'notes of lost frames')
  for (const device of devices) {
    assert.deepEqual(await device.lines(), said, `device ${device.key.slice(0, 8)}: ${device.logs.slice(-5).join('\n')}`)
    assert.deepEqual(device.failures, [])
    assert.deepEqual(device.unreadable, [])
  }
}

/** Everybody does what they can; who dies meanwhile is left lying. */
async function survivors (devices: Device[]): Promise<void> {
  for (let round = 0; round < 3; round++) {
    for (const device of devices) await device.turn().catch((error: Error) => { if (!device.isDead) throw error })
  }
}
