// What every opened value must stand: whatever else comes in its place is refused, by name, and nothing crashes.
import assert from 'node:assert/strict'
import fc from 'fast-check'

export interface Opening {
  /** A value that opens. */
  valid: () => Uint8Array
  open: (bytes: Uint8Array) => Promise<unknown>
  bytesMax: number
}

const REFUSALS = ['MalformedError', 'TooLargeError', 'NotAuthenticError', 'ExpiredError']

/** Describes the property tests of one decoder. */
export function refusesHostileBytes ({ valid, open, bytesMax }: Opening): void {
  it('opens its own bytes, and keeps none of the caller’s', async () => {
    const carried = Uint8Array.from([9, ...valid(), 9]).subarray(1, -1)
    const opened = await open(carried) as { bytes: Uint8Array }
    carried.fill(0)
    assert.deepEqual(opened.bytes, valid())
    assert.ok(Object.isFrozen(opened))
  })

  it('refuses a change of any byte', async () => {
    const bytes = valid()
    for (let at = 0; at < bytes.byteLength; at++) {
      const changed = bytes.slice()
      changed[at]! ^= 1 << (at % 8)
      await refused(changed, `byte ${at}`)
    }
  })

  it('refuses any other value of any byte', async () => {
    await fc.assert(fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (place, change) => {
      const changed = valid().slice()
      changed[place % changed.byteLength]! ^= change
      await refused(changed)
    }))
  })

  it('refuses what is cut short or has more behind it', async () => {
    const bytes = valid()
    for (let length = 0; length < bytes.byteLength; length++) await refused(bytes.subarray(0, length), `${length} bytes`)
    await fc.assert(fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 40 }), async (more) => {
      await refused(Uint8Array.from([...bytes, ...more]))
    }))
  })

  it('refuses random bytes, and random bytes inside', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (noise) => { await refused(noise) }))
    await fc.assert(fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.nat(), async (noise, place) => {
      const changed = valid().slice()
      const at = place % changed.byteLength
      const fitting = noise.subarray(0, changed.byteLength - at)
      fc.pre(fitting.some((byte, index) => byte !== changed[at + index]))
      changed.set(fitting, at)
      await refused(changed)
    }))
  })

  it('refuses groups nested to its full size', async () => {
    await refused(new Uint8Array(bytesMax).fill(0x0b))
    await refused(new Uint8Array(bytesMax).fill(0x1b))
  })

  it(`refuses more than ${bytesMax} bytes by their number alone`, async () => {
    await assert.rejects(open(new Uint8Array(bytesMax + 1)), { name: 'TooLargeError' })
    await assert.rejects(open(new Uint8Array(bytesMax)), { name: 'MalformedError' })
  })

  async function refused (bytes: Uint8Array, what?: string): Promise<void> {
    await assert.rejects(open(bytes), ({ name, message }) => {
      assert.ok(REFUSALS.includes(name), `${what}: ${name}: ${message}`)
      assert.match(message, /^[^\n]{10,200}$/, 'one sentence')
      return true
    }, what)
  }
}
