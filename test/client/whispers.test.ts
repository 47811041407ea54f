// What a client says and hears of who is typing: real seals, and sessions that are lists.
import assert from 'node:assert/strict'
import { defaultLogger } from '@libp2p/logger'
import { CLIENT_DEFAULTS } from '../../src/client/defaults.ts'
import { chooseSealingKey, newSealingKeys, type SealingKeyPair } from '../../src/client/sealing/keys.ts'
import { Whispers, type WhispersComponents } from '../../src/client/whispers.ts'
import { nodeCrypto } from '../../src/node/crypto.ts'
import { systemRandom } from '../../src/system.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { until } from '../until.ts'
import { VirtualClock } from './virtual-clock.ts'
import type { Bytes, MailboxId, RootKey } from '../../src/types.ts'

const SECRET = new Uint8Array(32).fill(7)

describe('client/whispers', () => {
  const clock = new VirtualClock()
  let keys: SealingKeyPair[]
  let said: Bytes[]
  let heard: RootKey[]
  let exports: number

  before(async () => { keys = await newSealingKeys({ keyEpoch: 1, notAfter: clock.now() / 1000 + 86_400 }, systemRandom) })
  beforeEach(() => {
    said = []
    heard = []
    exports = 0
  })

  /** Everybody has the same keys and mailbox here: what one says can be given to any other. */
  function whispersOf (root: RootKey, secret: Bytes | undefined = SECRET): Whispers {
    const mailbox = 'ab'.repeat(32) as MailboxId
    const components = {
      account: { root, mailbox, openingKeys: keys },
      contacts: { sealingKey: async () => ({ key: chooseSealingKey(keys, clock.now()), record: { mailbox } }) },
      groups: { exportSecret: async () => { exports++; return secret } },
      links: { sessions: [{ whisper: (bytes: Bytes) => { said.push(bytes) } }] },
      crypto: nodeCrypto,
      clock,
      random: systemRandom,
      log: defaultLogger().forComponent('test'),
      typing: (from: RootKey) => { heard.push(from) }
    }
    return new Whispers(components as unknown as WhispersComponents)
  }

  const person = (number: number): RootKey => number.toString(16).padStart(64, '0') as RootKey
  const BOB = person(0xb0b)

  /** Each of so many people says to Bob that they are typing; in whatever order. */
  async function saidBy (count: number, first = 1): Promise<Bytes[]> {
    const before = said.length
    for (let number = first; number < first + count; number++) whispersOf(person(number)).typing(BOB)
    await until('everybody has said so', () => said.length === before + count)
    exports = 0
    return said.slice(before)
  }

  it('tells once in a while that somebody types, and each telling counts once', async () => {
    const alice = whispersOf(person(1))
    const bob = whispersOf(BOB)
    for (let key = 0; key < 5; key++) alice.typing(BOB)
    await until('it is said', () => said.length === 1)
    await clock.advance(CLIENT_DEFAULTS.typingIntervalMs)
    alice.typing(BOB)
    await until('it is said again', () => said.length === 2)
    for (const [at, bytes] of said.entries()) {
      bob.heard(bytes)
      await until('it is heard', () => heard.length === at + 1)
    }
    bob.heard(said[0] ?? assert.fail())
    bob.heard(said[1] ?? assert.fail())
    await until('the same is looked at', () => exports >= 6)
    // Whatever came of them has come when something later is heard.
    await clock.advance(CLIENT_DEFAULTS.typingIntervalMs)
    alice.typing(BOB)
    await until('it is said once more', () => said.length === 3)
    bob.heard(said[2] ?? assert.fail())
    await until('that is heard', () => heard.length > 2)
    assert.deepEqual(heard, [person(1), person(1), person(1)])
  })

  it('opens so many at a time, and lets go of the others', async () => {
    const bob = whispersOf(BOB)
    const flood = await saidBy(CLIENT_DEFAULTS.whispersAtOnce + 12)
    for (const bytes of flood) bob.heard(bytes)
    await until('as many as are opened at a time', () => heard.length === CLIENT_DEFAULTS.whispersAtOnce)
    bob.heard(flood.at(-1) ?? assert.fail())
    await until('there is room again', () => heard.length === CLIENT_DEFAULTS.whispersAtOnce + 1)
    assert.equal(exports, CLIENT_DEFAULTS.whispersAtOnce + 1)
    assert.equal(new Set(heard).size, heard.length)
  })

  it('hears nobody who has not the conversation’s secret, or says it too late', async () => {
    const bob = whispersOf(BOB)
    whispersOf(person(1), new Uint8Array(32)).typing(BOB)
    await until('a stranger has said so', () => said.length === 1)
    bob.heard(said[0] ?? assert.fail())
    const [late] = await saidBy(1)
    await clock.advance(LIMITS.clockAheadMs + 1)
    bob.heard(late ?? assert.fail())
    await until('it was looked at', () => exports === 1)
    const [now] = await saidBy(1, 2)
    bob.heard(now ?? assert.fail())
    await until('somebody is heard', () => heard.length > 0)
    assert.deepEqual(heard, [person(2)])
  })
})
