import assert from 'node:assert/strict'
import fc from 'fast-check'
import { compareGroups, generationOf, newGroupId } from '../../../src/client/groups/group-id.ts'
import { committerOf, decide, type GroupView, type PolicyMember, type Situation } from '../../../src/client/groups/policy.core.ts'
import { systemRandom } from '../../../src/system.ts'
import type { GroupId } from '../../../src/client/mls/index.ts'
import type { PeerKey, RootKey } from '../../../src/types.ts'

const LOW = '1'.repeat(64) as RootKey
const HIGH = '2'.repeat(64) as RootKey
const NOW = 1_800_000_000_000
const HOUR = 3_600_000

const member = (root: RootKey, number: number): PolicyMember => ({ root, device: `${root.slice(0, 32)}${String(number).padStart(32, '0')}` as PeerKey })
const [low1, low2, high1, high2] = [member(LOW, 1), member(LOW, 2), member(HIGH, 1), member(HIGH, 2)]
const devicesOf = (root: RootKey, all: PolicyMember[]): PeerKey[] => all.filter(other => other.root === root).map(({ device }) => device)

function group (members: PolicyMember[], rest: Partial<GroupView> = {}): GroupView {
  return { members, active: true, inactiveAt: 0, keys: 'renewed', renewedAt: NOW, sealed: 0, asked: undefined, proposed: [], broughtInAgain: [], ...rest }
}

/** As `own` sees it; everybody who is listed has a package. */
function situation (own: PolicyMember, listed: PolicyMember[], view: GroupView | undefined, rest: Partial<Situation> = {}): Situation {
  const other = own.root === LOW ? HIGH : LOW
  return {
    purpose: 'seal',
    own,
    conversation: other,
    isCaughtUp: true,
    devices: { own: devicesOf(own.root, listed), other: devicesOf(other, listed) },
    silent: new Set(),
    group: view,
    packages: new Set(listed.map(({ device }) => device)),
    fetched: true,
    without: new Set(),
    losses: [],
    replacedAt: 0,
    ...rest
  }
}

describe('what a group needs next', () => {
  it('a first group of everybody who has a package', () => {
    assert.deepEqual(decide(situation(low1, [low1, low2, high1], undefined), NOW), { type: 'found', add: [low2.device, high1.device] })
    assert.deepEqual(decide(situation(low1, [low1, high1], undefined, { fetched: false, packages: new Set() }), NOW), { type: 'fetch', devices: [high1] })
    assert.equal(decide(situation(low1, [low1, high1], undefined, { packages: new Set() }), NOW).type, 'blocked')
    assert.deepEqual(decide(situation(low1, [low1, high1], undefined, { purpose: 'tend' }), NOW), { type: 'ready' })
  })

  it('nothing is sealed by a device that its user does not list, nor to a user who is not known', () => {
    assert.equal(decide(situation(low2, [low1, high1], group([low1, low2, high1])), NOW).type, 'blocked')
    assert.equal(decide(situation(low1, [low1], group([low1]), { devices: { own: [low1.device], other: undefined } }), NOW).type, 'blocked')
  })

  it('who is in no profile goes: by commit of the first of the lower root, else by another group', () => {
    const view = group([low1, low2, high1, high2])
    assert.deepEqual(decide(situation(low1, [low1, low2, high1], view), NOW), { type: 'commit', add: [], remove: [high2.device] })
    for (const own of [low2, high1]) assert.equal(decide(situation(own, [low1, low2, high1], view), NOW).type, 'found')
    // Once the first one itself is gone, the next commits.
    assert.deepEqual(decide(situation(low2, [low2, high1, high2], view), NOW), { type: 'commit', add: [], remove: [low1.device] })
  })

  it('who is missing comes: by commit, or by a proposal that is replaced when a day went by', () => {
    const view = group([low1, high1])
    const all = [low1, high1, high2]
    assert.deepEqual(decide(situation(low1, all, view, { purpose: 'tend' }), NOW), { type: 'commit', add: [high2.device], remove: [] })
    assert.deepEqual(decide(situation(high1, all, view, { purpose: 'tend' }), NOW), { type: 'propose', add: [high2.device] })
    const asked = { at: NOW - 23 * HOUR, add: [high2.device] }
    assert.deepEqual(decide(situation(high1, all, group([low1, high1], { asked })), NOW), { type: 'ready' })
    assert.equal(decide(situation(high1, all, group([low1, high1], { asked })), NOW + HOUR).type, 'found')
    assert.deepEqual(decide(situation(low1, all, view, { packages: new Set(), without: new Set([high2.device]), fetched: false }), NOW), { type: 'ready' })
  })

  it('who cannot read is replaced, and when that did not help, the group', () => {
    const all = [low1, high1, high2]
    const view = group(all)
    assert.deepEqual(decide(situation(low1, all, view, { losses: [high2.device] }), NOW), { type: 'commit', add: [high2.device], remove: [high2.device] })
    assert.equal(decide(situation(high1, all, view, { losses: [high2.device] }), NOW).type, 'found')
    assert.equal(decide(situation(low1, all, group(all, { broughtInAgain: [high2.device] }), { losses: [high2.device] }), NOW).type, 'found')
  })

  it('one replacement a minute', () => {
    const all = [low1, high1, high2]
    const lost = situation(high1, all, group(all), { losses: [high2.device], replacedAt: NOW - 59_000 })
    const early = { type: 'blocked', reason: 'the group was replaced a moment ago', until: NOW + 1000 }
    assert.deepEqual(decide({ ...lost, purpose: 'tend' }, NOW), early)
    assert.deepEqual(decide(lost, NOW), { type: 'ready' }, 'those who can read go on meanwhile')
    const left = { ...lost, group: group([...all, low2]) }
    assert.deepEqual(decide(left, NOW), early, 'unless somebody reads along who has left')
    assert.equal(decide(lost, NOW + 1000).type, 'found')
  })

  it('keys are renewed on the first answer, after 50 messages, after a day in which something was said', () => {
    const all = [low1, high1]
    for (const due of [{ keys: 'joined' }, { keys: 'answered' }, { sealed: 50 }, { sealed: 1, renewedAt: NOW - 24 * HOUR }] satisfies Array<Partial<GroupView>>) {
      assert.deepEqual(decide(situation(low1, all, group(all, due)), NOW), { type: 'commit', add: [], remove: [] })
      assert.deepEqual(decide(situation(high1, all, group(all, due)), NOW), { type: 'propose', add: [high1.device] })
      assert.deepEqual(decide(situation(low1, all, group(all, due), { purpose: 'tend' }), NOW), { type: 'ready' })
    }
    for (const early of [{ keys: 'founded' }, { sealed: 49 }, { sealed: 0, renewedAt: NOW - 48 * HOUR }] satisfies Array<Partial<GroupView>>) {
      assert.deepEqual(decide(situation(low1, all, group(all, early)), NOW), { type: 'ready' })
    }
  })

  it('keys are not renewed while mail of earlier epochs is to be read, but for 500 messages', () => {
    const all = [low1, high1]
    for (const due of [{ keys: 'joined' }, { keys: 'answered' }, { sealed: 499 }, { sealed: 1, renewedAt: NOW - 24 * HOUR }] satisfies Array<Partial<GroupView>>) {
      for (const own of all) assert.deepEqual(decide(situation(own, all, group(all, due), { isCaughtUp: false }), NOW), { type: 'ready' })
    }
    assert.deepEqual(decide(situation(low1, all, group(all, { sealed: 500 }), { isCaughtUp: false }), NOW), { type: 'commit', add: [], remove: [] })
  })

  it('a silent device goes, unless its user has no other', () => {
    const all = [low1, high1, high2]
    assert.deepEqual(decide(situation(low1, all, group(all), { silent: new Set([high2.device]) }), NOW), { type: 'commit', add: [], remove: [high2.device] })
    assert.deepEqual(decide(situation(low1, all, group(all), { silent: new Set([high1.device, high2.device]) }), NOW), { type: 'ready' })
    assert.deepEqual(decide(situation(low1, all, group([low1, high1]), { silent: new Set([high2.device]) }), NOW), { type: 'ready' })
  })

  it('who was removed waits for its Welcome, and then makes a group of its own', () => {
    const view = group([low1, high1], { active: false, inactiveAt: NOW })
    assert.deepEqual(decide(situation(high1, [low1, high1], view), NOW), { type: 'blocked', reason: 'this device is being taken in again', until: NOW + 30_000 })
    assert.equal(decide(situation(high1, [low1, high1], view), NOW + 30_000).type, 'found')
  })
})

describe('what a group needs next, whatever is known', () => {
  const everybody = [low1, low2, high1, high2]
  const some = fc.subarray(everybody)
  const views = fc.record({
    members: fc.shuffledSubarray(everybody, { minLength: 1 }),
    keys: fc.constantFrom<GroupView['keys']>('founded', 'answered', 'joined', 'renewed'),
    sealed: fc.integer({ min: 0, max: 60 }),
    renewedAt: fc.constantFrom(NOW, NOW - 30 * HOUR),
    asked: fc.option(fc.record({ at: fc.constantFrom(NOW, NOW - 30 * HOUR), add: some.map(all => all.map(({ device }) => device)) }), { nil: undefined }),
    losses: some,
    silent: some,
    packages: some
  })

  it('nobody who is out of the profiles is in the group when it is ready to be sealed for', () => {
    fc.assert(fc.property(fc.constantFrom(...everybody), fc.subarray(everybody, { minLength: 1 }), views, (own, listed, { members, losses, silent, packages, ...rest }) => {
      const decision = decide(situation(own, listed, group(members, rest), { losses: losses.map(({ device }) => device), silent: new Set(silent.map(({ device }) => device)), packages: new Set(packages.map(({ device }) => device)) }), NOW)
      const out = members.filter(({ device }) => !listed.some(other => other.device === device))
      if (decision.type === 'ready' || decision.type === 'propose') assert.deepEqual(out, [], `${decision.type} with somebody who left`)
      if (decision.type === 'commit') for (const { device } of out) assert.ok(decision.remove.includes(device))
      if (decision.type === 'found' || decision.type === 'commit') for (const device of decision.add) assert.ok(listed.some(other => other.device === device), 'adds who is in no profile')
    }))
  })

  it('of all devices one at most commits', () => {
    fc.assert(fc.property(fc.subarray(everybody, { minLength: 1 }), views, (listed, { members, losses, silent, packages, ...rest }) => {
      const committing = members.filter(own => decide(situation(own, listed, group(members, rest), { losses: losses.map(({ device }) => device), silent: new Set(silent.map(({ device }) => device)), packages: new Set(packages.map(({ device }) => device)) }), NOW).type === 'commit')
      assert.ok(committing.length <= 1)
      const committer = committerOf(members, ({ device }) => listed.some(other => other.device === device), [LOW, HIGH])
      for (const { device } of committing) assert.equal(device, committer)
    }))
  })

  it('after what it decides it is ready, or waits for what is not here', () => {
    fc.assert(fc.property(fc.constantFrom(...everybody), fc.subarray(everybody, { minLength: 1 }), views, (own, listed, { members, losses, silent, packages, ...rest }) => {
      let known = situation(own, listed, group(members, rest), { losses: losses.map(({ device }) => device), silent: new Set(silent.map(({ device }) => device)), packages: new Set(packages.map(({ device }) => device)) })
      for (let step = 0; step < 6; step++) {
        const decision = decide(known, NOW)
        if (decision.type === 'ready' || decision.type === 'blocked' || decision.type === 'fetch') return
        known = after(known, decision)
      }
      assert.fail('it goes in a circle')
    }))
  })
})

/** What is known when it was done. */
function after (known: Situation, decision: ReturnType<typeof decide>): Situation {
  const view = known.group as GroupView
  const place = (device: PeerKey): PolicyMember => [low1, low2, high1, high2].find(other => other.device === device) as PolicyMember
  if (decision.type === 'propose') return { ...known, group: { ...view, asked: { at: view.asked?.at ?? NOW, add: [...view.asked?.add ?? [], ...decision.add] } } }
  if (decision.type === 'found') return { ...known, losses: known.losses.filter(device => !decision.add.includes(device)), replacedAt: NOW, group: group([known.own, ...decision.add.map(place)], { keys: 'founded' }) }
  if (decision.type !== 'commit') return known
  const members = [...view.members.filter(({ device }) => !decision.remove.includes(device)), ...decision.add.map(place)]
  const renewed = decision.remove.length > 0 || decision.add.length === 0
  return { ...known, losses: known.losses.filter(device => !decision.add.includes(device)), group: { ...view, members, ...renewed ? { keys: 'renewed', sealed: 0, renewedAt: NOW } : {}, proposed: [] } }
}

describe('which group counts', () => {
  const ids = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.uint8Array({ minLength: 12, maxLength: 12 })).map(([generation, bytes]) => newGroupId(generation, { bytes: () => Uint8Array.from(bytes) }))

  it('is the same for everybody, in whatever order they learn of groups', () => {
    fc.assert(fc.property(fc.uniqueArray(ids, { minLength: 1 }), fc.func(fc.integer()), (all, order) => {
      const [newest] = [...all].sort(compareGroups)
      const [other] = [...all].sort((a, b) => order(a) - order(b)).sort(compareGroups)
      assert.equal(other, newest)
      assert.ok(all.every(id => (generationOf(newest as GroupId) ?? 0) >= (generationOf(id) ?? 0)))
    }))
  })

  it('has its generation in front, and what is no id of ours has none', () => {
    const id = newGroupId(7, systemRandom)
    assert.match(id, /^00000007[0-9a-f]{24}$/)
    assert.equal(generationOf(id), 7)
    for (const none of ['', '00', `00000000${'a'.repeat(24)}`, `ffffffff${'a'.repeat(24)}`, `${id}00`]) assert.equal(generationOf(none as GroupId), undefined)
    assert.ok(compareGroups(newGroupId(8, systemRandom), id) < 0)
  })
})
