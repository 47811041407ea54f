import assert from 'node:assert/strict'
import fc from 'fast-check'
import { ContactList } from '../../src/client/contact-list.ts'
import { foldName, isLater, isName, lockName, nameFrom, type Named } from '../../src/client/petnames.ts'
import { ClientStore } from '../../src/client/store/store.ts'
import { Vault } from '../../src/client/store/vault.ts'
import { userIdOf } from '../../src/identity/index.ts'
import { systemRandom } from '../../src/system.ts'
import { memoryStore } from './network.ts'
import type { RootKey } from '../../src/types.ts'

describe('petnames', () => {
  it('are kept trimmed and composed', () => {
    assert.equal(nameFrom('  Anna  '), 'Anna')
    assert.equal(nameFrom('Ame\u0301lie'), 'Amélie')
    for (const name of ['Ø', '安娜', 'Dr. No', '👩‍👩‍👧', 'می‌خواهم', 'x'.repeat(64), '👍'.repeat(64)]) assert.equal(nameFrom(name), name)
    assert.deepEqual(['', '   '].map(nameFrom), ['', ''])
  })

  it('of another form are refused in one sentence', () => {
    const cases: Array<[string, RegExp]> = [
      ['x'.repeat(65), /at most 64 characters/],
      ['two\nlines', /line breaks/], ['tab\there', /control/], ['\u001b[2J', /control/], ['a\u0085b', /control/], ['a\u2028b', /line breaks/],
      ['\u202egnal', /reorders/], ['a\u2066b', /reorders/], ['a\u200eb', /reorders/], ['half\ud800', /control/], ['in\u200bvisible', /control/],
      ['did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK', /like a user id/], ['DID:KEY:x', /like a user id/],
      ['\u200d', /something to see/]
    ]
    for (const [typed, sentence] of cases) {
      assert.throws(() => nameFrom(typed), { name: 'MalformedError', message: sentence }, JSON.stringify(typed))
      assert.equal(isName(typed), false)
    }
    assert.ok(!isName(' Anna') && !isName('e\u0301') && isName(''))
  })

  it('whatever is typed becomes a name that stays one, or is refused by name', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 90 }), typed => {
      try {
        const name = nameFrom(typed)
        assert.ok(isName(name))
        assert.equal(nameFrom(name), name)
        assert.equal(foldName(foldName(name)), foldName(name))
      } catch (error) {
        assert.equal((error as Error).name, 'MalformedError')
      }
    }))
  })

  it('the later of two counts, and of two at once the same one everywhere', () => {
    const named = fc.record({ name: fc.constantFrom('', 'Anna', 'Ben'), namedAt: fc.nat(3) }, { noNullPrototype: true })
    const winner = (names: Named[]): Named => names.reduce((held, told) => isLater(told, held) ? told : held)
    fc.assert(fc.property(fc.array(named, { minLength: 1 }).chain(names => fc.tuple(fc.constant(names), fc.shuffledSubarray(names, { minLength: names.length }))), ([names, shuffled]) => {
      assert.deepEqual(winner(shuffled), winner(names))
    }))
  })

  it('are listed in their order, before those who have none', async () => {
    const store = await ClientStore.open({ store: memoryStore(), onDamaged: () => assert.fail('nothing is damaged') })
    const vault = await Vault.open(new Uint8Array(32), systemRandom)
    const none = new Uint8Array(0)
    const rootAt = (at: number): RootKey => at.toString(16).padStart(64, '0') as RootKey
    const put = async (at: number, name: string, usedAt: number): Promise<void> => {
      await store.write([store.contacts.put(rootAt(at), { record: none, profile: none, presenceKey: none, introduced: '', usedAt, name: await lockName(vault, rootAt(at), name), namedAt: 1 })])
    }
    await put(1, '', 5)
    await put(2, 'Zoe', 1)
    await put(3, 'anna', 1)
    await put(4, '', 9)
    const names = new ContactList(store, vault)
    assert.deepEqual(await names.all(), [[3, 'anna'], [2, 'Zoe'], [4, ''], [1, '']].map(([at, name]) => ({ userId: userIdOf(rootAt(at as number)), name })))
    assert.deepEqual([await names.get(rootAt(2)), await names.get(rootAt(7))], ['Zoe', ''])
    const others = new ContactList(store, await Vault.open(new Uint8Array(32).fill(1), systemRandom))
    assert.equal(await others.get(rootAt(2)), '', 'without the device’s key nobody reads a name')
    await store.close()
  })
})
