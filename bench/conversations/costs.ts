/** What each step of a conversation costs: CPU of who does it and of who hears of it, bytes on the wire and on disk. */
import { MLS_SUITE, type Committed, type GroupState } from '../../src/client/mls/index.ts'
import { newGroupId, openOuter, packagesOf, sealForBoth, stateBytes, words, type Companion, type Company } from './company.ts'
import type { Bytes, Envelope } from '../../src/types.ts'

/** cpuMs: of the device that does it. heardCpuMs: of one that hears of it. wireBytes: deposited, for both users. */
export interface Cost { cpuMs: number, heardCpuMs: number, wireBytes: number, diskBytes: number }
export type Step = 'first contact' | 'message' | 'key update' | 'link' | 'revoke'

interface Group { company: Company, writer: Companion, reader: Companion, written: GroupState, read: GroupState }

/** One round of all steps, in a chat of `devices.length` devices that grows by one and loses it again. */
export async function measureSteps (company: Company, newcomer: Companion): Promise<Map<Step, Cost>> {
  const costs = new Map<Step, Cost>()
  const { group, cost } = await firstContact(company)
  costs.set('first contact', cost)
  costs.set('message', await message(group))
  costs.set('key update', await change(group, async state => await group.writer.mls.commit(state, {}, Date.now())))
  const [own] = await packagesOf([newcomer])
  if (own === undefined) throw new Error('the newcomer made no key package')
  costs.set('link', await change(group, async state => await group.writer.mls.commit(state, { add: [await group.writer.mls.openKeyPackage(own.bytes, Date.now())] }, Date.now())))
  costs.set('revoke', await change(group, async state => await group.writer.mls.commit(state, { remove: [newcomer.device] }, Date.now())))
  return costs
}

/** Group, Welcome and the first text: what goes out before the other side has said anything. */
async function firstContact (company: Company): Promise<{ group: Group, cost: Cost }> {
  const [writer, reader, ...others] = company.devices as [Companion, Companion, ...Companion[]]
  const own = await packagesOf([reader, ...others])
  const begun = await timed(async () => {
    const now = Date.now()
    const { state } = await writer.mls.create(newGroupId(), MLS_SUITE.xWing, now)
    const add = await Promise.all(own.map(async ({ bytes }) => await writer.mls.openKeyPackage(bytes, now)))
    const committed = await writer.mls.commit(state, { add }, now)
    const sealed = await writer.mls.seal(committed.state, words())
    const envelopes = [await sealForBoth(committed.welcome as Bytes, writer, company), await sealForBoth(sealed.message, writer, company)]
    return { committed, sealed, envelopes }
  })
  const { committed, sealed, envelopes } = begun.value
  const heard = await timed(async () => {
    for (const half of envelopes) await openOuter(half, company)
    const joined = await reader.mls.join(committed.welcome as Bytes, own[0] as (typeof own)[0])
    return (await reader.mls.receive(joined.state, sealed.message)).state
  })
  return {
    group: { company, writer, reader, written: sealed.state, read: heard.value },
    cost: { cpuMs: begun.cpuMs, heardCpuMs: heard.cpuMs, wireBytes: bytesOf(envelopes.flat()), diskBytes: stateBytes(writer.mls, sealed.state) }
  }
}

async function message (group: Group): Promise<Cost> {
  const { writer, reader, company } = group
  const said = await timed(async () => {
    const sealed = await writer.mls.seal(group.written, words())
    return { sealed, envelopes: await sealForBoth(sealed.message, writer, company) }
  })
  const { sealed, envelopes } = said.value
  const heard = await timed(async () => {
    await openOuter(envelopes, company)
    return await reader.mls.receive(group.read, sealed.message)
  })
  const moved = writer.mls.changeOf(group.written, sealed.state)
  group.written = sealed.state
  group.read = heard.value.state
  const diskBytes = moved.type === 'whole' ? moved.bytes.byteLength : moved.ratchets.reduce((sum, { bytes }) => sum + bytes.byteLength, 0)
  return { cpuMs: said.cpuMs, heardCpuMs: heard.cpuMs, wireBytes: bytesOf(envelopes), diskBytes }
}

async function change (group: Group, commit: (state: GroupState) => Promise<Committed>): Promise<Cost> {
  const { writer, reader, company } = group
  const made = await timed(async () => {
    const committed = await commit(group.written)
    const frames = committed.welcome === undefined ? [committed.message] : [committed.message, committed.welcome]
    return { committed, envelopes: await Promise.all(frames.map(async frame => await sealForBoth(frame, writer, company))) }
  })
  const { committed, envelopes } = made.value
  const heard = await timed(async () => {
    await openOuter(envelopes[0] as Envelope[], company)
    return await reader.mls.receive(group.read, committed.message)
  })
  group.written = committed.state
  group.read = heard.value.state
  return { cpuMs: made.cpuMs, heardCpuMs: heard.cpuMs, wireBytes: bytesOf(envelopes.flat()), diskBytes: stateBytes(writer.mls, committed.state) }
}

function bytesOf (envelopes: readonly Envelope[]): number {
  return envelopes.reduce((sum, { bytes }) => sum + bytes.byteLength, 0)
}

async function timed<T> (act: () => Promise<T>): Promise<{ value: T, cpuMs: number }> {
  const before = process.cpuUsage()
  const value = await act()
  const { user, system } = process.cpuUsage(before)
  return { value, cpuMs: (user + system) / 1000 }
}

/** Texts that one client seals, and opens, in a second of CPU: MLS and outer seal, once for each user of the chat. */
export async function measureFlow (company: Company, count: number): Promise<{ seals: number, opens: number }> {
  const { group } = await firstContact(company)
  let { written, read } = group
  const said: Array<{ mls: Bytes, envelopes: Envelope[] }> = []
  const sealing = await timed(async () => {
    for (let left = count; left > 0; left--) {
      const sealed = await group.writer.mls.seal(written, words())
      said.push({ mls: sealed.message, envelopes: await sealForBoth(sealed.message, group.writer, company) })
      written = sealed.state
      sealed.wipe()
    }
  })
  const opening = await timed(async () => {
    for (const { mls, envelopes } of said) {
      await openOuter(envelopes, company)
      const received = await group.reader.mls.receive(read, mls)
      read = received.state
      received.wipe()
    }
  })
  return { seals: count / (sealing.cpuMs / 1000), opens: count / (opening.cpuMs / 1000) }
}
