import assert from 'node:assert/strict'
import { webCrypto as crypto } from '../../../src/client/crypto.ts'
import { DEVICES_DEFAULTS } from '../../../src/client/devices/defaults.ts'
import { Invitations } from '../../../src/client/devices/invitations.ts'
import { decodeLinkCode } from '../../../src/client/devices/link-code.ts'
import { systemRandom } from '../../../src/system.ts'
import { VirtualClock } from '../virtual-clock.ts'
import type { OpenedRequest } from '../../../src/client/devices/words.ts'
import type { PeerKey, RootKey } from '../../../src/types.ts'

const root = (await import('../../identity/people.ts')).makePerson(1).then(({ rootKey }) => rootKey)

describe('invitations', () => {
  let clock: VirtualClock
  let invitations: Invitations

  beforeEach(async () => {
    clock = new VirtualClock()
    invitations = new Invitations({ root: await root as RootKey, crypto, clock, random: systemRandom })
  })

  afterEach(() => { invitations.stop() })

  const requestOf = (code: string, number = 1): OpenedRequest => {
    const { root, secret } = decodeLinkCode(code, crypto)
    return { root, device: number.toString(16).padStart(64, '0') as PeerKey, sealingKey: new Uint8Array(1216), time: 1, certificate: undefined, isProven: async other => other.every((byte, at) => byte === secret[at]) }
  }

  it('let one device in, which may ask again', async () => {
    const { code } = invitations.make(undefined)
    assert.ok(await invitations.accept(requestOf(code)) !== undefined)
    assert.ok(await invitations.accept(requestOf(code)) !== undefined, 'its answer may have been lost')
    assert.equal(await invitations.accept(requestOf(code, 2)), undefined, 'a second device')
  })

  it('answer a device only so often', async () => {
    const { code } = invitations.make(undefined)
    for (let at = 0; at < DEVICES_DEFAULTS.answersMax; at++) assert.ok(await invitations.accept(requestOf(code)) !== undefined)
    assert.equal(await invitations.accept(requestOf(code)), undefined)
  })

  it('know nothing of codes that are late, withdrawn, made elsewhere, or gone with a restart', async () => {
    const late = invitations.make(undefined)
    const withdrawn = invitations.make(undefined)
    withdrawn.cancel()
    assert.equal(await invitations.accept(requestOf(withdrawn.code)), undefined)
    const elsewhere = new Invitations({ root: await root as RootKey, crypto, clock, random: systemRandom }).make(undefined)
    assert.equal(await invitations.accept(requestOf(elsewhere.code)), undefined)
    await clock.advance(DEVICES_DEFAULTS.invitationMs)
    assert.equal(await invitations.accept(requestOf(late.code)), undefined)
    await assert.rejects(late.linked, { name: 'TimedOutError' })
    await assert.rejects(withdrawn.linked, { name: 'TimedOutError' })
    const stopped = invitations.make(undefined)
    invitations.stop()
    await assert.rejects(stopped.linked, { name: 'TimedOutError' })
    assert.equal(await invitations.accept(requestOf(stopped.code)), undefined)
  })

  it('are no more than so many at a time', async () => {
    const made = Array.from({ length: DEVICES_DEFAULTS.invitationsMax + 1 }, () => invitations.make(undefined))
    await assert.rejects(made[0]?.linked as Promise<unknown>, { name: 'TimedOutError' })
    assert.equal(await invitations.accept(requestOf(made[0]?.code ?? '')), undefined)
    assert.ok(await invitations.accept(requestOf(made.at(-1)?.code ?? '')) !== undefined)
  })
})
