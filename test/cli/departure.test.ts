import assert from 'node:assert/strict'
import { Departure, checkReport, progressText, reportText } from '../../src/cli/departure.ts'
import type { DrainReport } from '../../src/index.ts'
import type { HandoverProgress } from '../../src/relay/index.ts'

const REPORT: DrainReport = { handedOver: 0, collected: 0, kept: 0, lacking: [], lackingEnvelopes: 0, damagedEnvelopes: 0, mailboxes: 0, devices: 0, seconds: 3 }
const progress = (done: number, total: number): HandoverProgress => ({ envelopes: { done, total }, bytes: { done: 0, total: 0 }, mailboxes: { done: 0, total: 0 } })

describe('cli/departure', () => {
  it('begins one drain, whoever asks and however often, and tells all of them', async () => {
    const { promise, resolve } = Promise.withResolvers<DrainReport>()
    let drains = 0
    let tell: (progress: HandoverProgress) => void = () => {}
    const departure = new Departure({ drain: async ({ onProgress }) => { drains++; tell = onProgress; return await promise } })
    const heard: number[][] = [[], []]
    const reports = heard.map(async own => await departure.leave(({ envelopes }) => { own.push(envelopes.done) }))
    await departure.asked
    tell(progress(1, 2))
    resolve(REPORT)
    assert.deepEqual(await Promise.all(reports), [REPORT, REPORT])
    assert.deepEqual([drains, heard], [1, [[1], [1]]])
    tell(progress(2, 2))
    assert.deepEqual(heard, [[1], [1]], 'who has gone hears nothing')
  })

  it('says how far it is and what it came to', () => {
    assert.equal(progressText(progress(0, 0)), 'finishing what is in flight…')
    assert.equal(progressText(progress(3, 10)), 'handed over 3 of 10 envelopes…')
    assert.equal(reportText(REPORT), 'drained in 3 s: 0 envelopes handed over')
    assert.equal(reportText({ ...REPORT, handedOver: 1, collected: 2, kept: 3, devices: 1 }),
      'drained in 3 s: 1 envelope handed over, 2 collected meanwhile, 3 kept on this disk for users who have no other node, 1 device sent elsewhere')
  })

  it('fails when something lacks holders, and names it', () => {
    checkReport({ ...REPORT, kept: 5 })
    assert.throws(() => { checkReport({ ...REPORT, lackingEnvelopes: 1, lacking: [{ mailbox: 'abababab', envelopes: 1 }] }) },
      { name: 'CommandFailedError', message: /^1 envelope has too few other holders, in the mailbox abababab… \(1\); it stays/ })
    assert.throws(() => { checkReport({ ...REPORT, lackingEnvelopes: 2, damagedEnvelopes: 1, lacking: [{ mailbox: 'abababab', envelopes: 2 }] }) },
      { message: '2 envelopes have too few other holders, in the mailbox abababab… (2); they stay on this node’s disk: start it again, or keep the disk; 1 of these is damaged: it comes back from a node that has it when this one runs again' })
    const lacking = Array.from({ length: 7 }, (_, at) => ({ mailbox: String(at).repeat(8), envelopes: 2 }))
    assert.throws(() => { checkReport({ ...REPORT, lackingEnvelopes: 14, lacking }) }, /^CommandFailedError: 14 envelopes have .* 44444444… \(2\) and more; they stay/)
  })
})
