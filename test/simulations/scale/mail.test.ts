// What mail costs a user depends on users, not on the number of nodes.
import assert from 'node:assert/strict'
import { measureMail, type MailFigures } from '../../../simulations/scale/mail.ts'
import { USERS } from '../../../simulations/scale/assumptions.ts'

describe('what mail costs', function () {
  this.timeout(60_000)
  const measure = async (nodes: number): Promise<MailFigures> => await measureMail({ nodes, users: 24, hours: 0.25, seed: '1' })

  it('is the same for a user over few nodes and over many', async () => {
    const [few, many] = [await measure(30), await measure(120)]
    for (const group of ['drains', 'deposits', 'collections'] as const) {
      const ratio = few.sent[group].messages / many.sent[group].messages
      assert.ok(Math.abs(ratio - 1) < 0.15, `${group}: ${few.sent[group].messages}, ${many.sent[group].messages}`)
    }
    assert.equal(few.texts, USERS.textsPerHour)
  })

  it('has a copy to each of five nodes, and answers for them', async () => {
    const { texts, sent: { deposits, answers, drains } } = await measure(30)
    assert.ok(deposits.messages >= 5 * texts, `${deposits.messages} deposits`)
    assert.ok(answers.messages > deposits.messages)
    assert.ok(drains.messages > 0 && drains.bytes > 0)
  })
})
