import { deepEqual, equal } from 'node:assert/strict'
import { ROUND_DURATIONS_MS, written } from '../../../simulations/report/quantity.ts'
import { inWords } from '../../../simulations/report/words.ts'

const HOUR = 3_600_000

describe('figures in words', () => {
  for (const [value, quantity, text] of [
    [0, 'ms', '0 ms'], [999, 'ms', '999 ms'], [1234, 'ms', '1.23 s'], [90_000, 'ms', '1.5 min'], [5 * HOUR, 'ms', '5 h'], [36 * HOUR, 'ms', '36 h'], [72 * HOUR, 'ms', '3 d'],
    [0, 'share', '0 %'], [0.5, 'share', '50 %'], [0.999987, 'share', '99.9987 %'], [1, 'share', '100 %'],
    [0, 'bytes', '0 B'], [999, 'bytes', '999 B'], [23_456, 'bytes', '23.5 kB'], [1e9, 'bytes', '1 GB'], [1e18, 'bytes', '1000000 TB'],
    [0, 'count', '0'], [2.345, 'count', '2.35'], [321.64, 'count', '321.6'], [100_000, 'count', '100,000']
  ] as const) {
    it(`writes ${value} (${quantity}) as ${text}`, () => { equal(written(value, quantity), text) })
  }

  it('marks durations at round numbers', () => {
    deepEqual(ROUND_DURATIONS_MS.map(ms => written(ms, 'ms')), ['1 ms', '10 ms', '100 ms', '1 s', '10 s', '1 min', '10 min', '1 h', '6 h', '1 d', '7 d', '30 d'])
  })

  it('tells them in one order, and those that it does not know at the end', () => {
    deepEqual(inWords(['pingBytesPerNodeHour', 'someNewMsP50', 'copies1Share', 'reachableShare', 'messagesWritten']), [
      { name: 'messagesWritten', words: 'messages written', quantity: 'count' },
      { name: 'reachableShare', words: 'reachable share of nodes', quantity: 'share' },
      { name: 'copies1Share', words: 'stored with 1 copy', quantity: 'share' },
      { name: 'pingBytesPerNodeHour', words: 'ping', kind: 'ping', quantity: 'bytes' },
      { name: 'someNewMsP50', words: 'someNewMsP50', quantity: 'ms' }
    ])
  })
})
