/** The client's own cost, apart from any server: sealing a short text to an X-Wing key, and opening it. */
import { newSealingKeys, openSealed, sealMessage } from '../../src/client/sealing/index.ts'
import { systemRandom } from '../../src/system.ts'
import { nodeCrypto } from '../../src/node/crypto.ts'
import { SEALING_SUITE } from '../../src/types.ts'
import type { MailboxId, MessageId } from '../../src/types.ts'

/** Bytes of a device-signed short text, certificate included. */
const WHOLE_BYTES = 400

export interface SealingCost { sealsPerCpuSecond: number, opensPerCpuSecond: number, envelopeBytes: number }

export async function measureSealing (count: number): Promise<SealingCost> {
  const keys = await newSealingKeys({ keyEpoch: 1, notAfter: Math.floor(Date.now() / 1000) + 86_400 }, systemRandom)
  const key = keys.find(({ suite }) => suite === SEALING_SUITE.xWing)
  if (key === undefined) throw new Error('there is no X-Wing key')
  const init = { format: 1, messageId: '00'.repeat(16) as MessageId, key, mailbox: 'ab'.repeat(32) as MailboxId, expiry: Math.floor(Date.now() / 1000) + 3600 }
  const whole = systemRandom.bytes(WHOLE_BYTES)
  const seal = async () => (await sealMessage(whole, init, nodeCrypto))[0]
  const first = await seal()
  if (first === undefined) throw new Error('sealing gave no envelope')
  const open = async () => {
    const { type } = await openSealed(first, keys)
    if (type !== 'fragment') throw new Error('the envelope does not open')
  }
  await repeat(Math.ceil(count / 10), seal)
  await repeat(Math.ceil(count / 10), open)
  return { sealsPerCpuSecond: await perCpuSecond(count, seal), opensPerCpuSecond: await perCpuSecond(count, open), envelopeBytes: first.bytes.byteLength }
}

async function perCpuSecond (count: number, act: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await repeat(count, act)
  const { user, system } = process.cpuUsage(before)
  return count / ((user + system) / 1e6)
}

async function repeat (count: number, act: () => Promise<unknown>): Promise<void> {
  for (let left = count; left > 0; left--) await act()
}
