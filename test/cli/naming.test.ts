import assert from 'node:assert/strict'
import { Names, whom } from '../../src/cli/naming.ts'
import { ALICE, BOB, CAROL } from './lines.ts'
import type { Agent, AgentCallOptions, ContactEntry } from '../../src/cli/agent/calls.ts'

/** Knows these, and nothing else. */
function agentWith (contacts: ContactEntry[]): Agent {
  const call = async (method: string, _: unknown, { onEvent }: AgentCallOptions<'contacts'>): Promise<unknown> => {
    assert.equal(method, 'contacts')
    for (const contact of contacts) await onEvent?.(contact)
    return {}
  }
  return { call: call as unknown as Agent['call'], close: async () => {} }
}

describe('cli/naming', () => {
  const agent = agentWith([{ userId: BOB, name: 'Amélie' }, { userId: CAROL, name: '' }])

  it('a name is its contact, in any case and however it is composed', async () => {
    for (const text of ['Amélie', 'AMÉLIE', 'ame\u0301lie', ' amélie ']) assert.equal(await (await whom(text))(agent), BOB, text)
  })

  it('an id is always an id, and asks nobody', async () => {
    const named = agentWith([{ userId: BOB, name: CAROL }])
    assert.equal(await (await whom(CAROL))(named), CAROL)
    await assert.rejects(whom(`${CAROL}x`), { name: 'UsageError' })
    await assert.rejects(whom(CAROL.toUpperCase()), { name: 'UsageError' })
  })

  it('nobody, and several, are told in one sentence', async () => {
    for (const text of ['Amelie', 'Am', '', '–']) {
      await assert.rejects((await whom(text))(agent), { name: 'UsageError', message: /^nobody is called “.*” here: `posthouse contact list`/ }, text)
    }
    await assert.rejects((await whom('\u001b[2J\u202ex'))(agent), { message: /^nobody is called “\ufffdx” here/ })
    const twice = agentWith([{ userId: BOB, name: 'anna' }, { userId: CAROL, name: 'Anna' }])
    await assert.rejects((await whom('Anna'))(twice), { name: 'CommandFailedError', message: /^“Anna” is the name of 2 contacts \(z6Mk…ta2doK, z6Mk…sdvktH\): write the id/ })
  })

  it('whoever has no name goes by the ends of the id', async () => {
    const names = await Names.of(agent)
    assert.deepEqual([BOB, CAROL, ALICE].map(userId => names.called(userId)), ['Amélie', 'z6Mk…sdvktH', 'z6Mk…BTMeYY'])
    assert.deepEqual([BOB, CAROL].map(userId => names.introduced(userId)), ['Amélie (z6Mk…ta2doK)', 'z6Mk…sdvktH'])
    names.set(BOB, '安'.repeat(20))
    assert.equal(names.called(BOB), `${'安'.repeat(11)}…`)
    assert.equal(names.of(BOB), '安'.repeat(20))
  })
})
