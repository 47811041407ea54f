import assert from 'node:assert/strict'
import { Ledger } from '../../../src/client/groups/ledger.ts'
import type { Write } from '../../../src/client/store/shelf.ts'

/** A disk whose writes end when the test says so. */
function slowDisk () {
  const batches: Array<{ keys: string[], end: (error?: Error) => void }> = []
  const write = async (writes: Write[]): Promise<void> => {
    await new Promise<void>((resolve, reject) => {
      batches.push({ keys: keysOf(writes), end: error => { if (error === undefined) resolve(); else reject(error) } })
    })
  }
  return { batches, write }
}

const put = (key: string): Write[] => [{ type: 'put', key, value: '' } as unknown as Write]
const keysOf = (writes: Write[]): string[] => writes.map(write => 'key' in write ? String(write.key) : '')
const outcome = async (written: Promise<void>): Promise<string> => await written.then(() => 'written', (error: Error) => error.name)
const turn = async (): Promise<void> => { await new Promise(resolve => setImmediate(resolve)) }

describe('the ledger of groups', () => {
  it('writes in order, and together what came during one write', async () => {
    const { batches, write } = slowDisk()
    const ledger = new Ledger(write, () => {})
    const all = ['a', 'b', 'c'].map(async key => await outcome(ledger.write(ledger.era, put(key))))
    batches[0]?.end()
    await turn()
    batches[1]?.end()
    assert.deepEqual(await Promise.all(all), ['written', 'written', 'written'])
    assert.deepEqual(batches.map(({ keys }) => keys), [['a'], ['b', 'c']])
    assert.ok(ledger.idle)
  })

  it('writes alone what brings its own way', async () => {
    const { batches, write } = slowDisk()
    const ledger = new Ledger(write, () => {})
    const sent: string[][] = []
    const all = [
      ledger.write(0, put('a')),
      ledger.write(0, put('b'), async writes => { sent.push(keysOf(writes)) }),
      ledger.write(0, put('c'))
    ]
    batches[0]?.end()
    await turn()
    batches[1]?.end()
    await Promise.all(all)
    assert.deepEqual([batches.map(({ keys }) => keys), sent], [[['a'], ['c']], [['b']]])
  })

  it('fails with a write all that was decided on top of it, and nothing that was decided after that was known', async () => {
    const { batches, write } = slowDisk()
    let undone = 0
    const ledger = new Ledger(write, () => { undone++ })
    const { era } = ledger
    const first = outcome(ledger.write(era, put('a')))
    const second = outcome(ledger.write(era, put('on top of a')))
    batches[0]?.end(new Error('the disk is full'))
    assert.deepEqual([await first, await second, undone], ['Error', 'Error', 1])
    assert.equal(await outcome(ledger.write(era, put('still on top of a'))), 'StoreFailedError')
    const third = outcome(ledger.write(ledger.era, put('b')))
    await turn()
    batches[1]?.end()
    assert.equal(await third, 'written')
    assert.deepEqual(batches.map(({ keys }) => keys), [['a'], ['b']])
  })
})
