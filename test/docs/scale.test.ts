// docs/scale.md is held against itself: what it computes follows from what it measured, and the short form is what the
// program prints. When the code has changed, `npm run simulate:scale -- --document docs/scale.md` makes the tables anew,
// and so it does with `--sizes 1000 --short`.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BUDGET, USERS } from '../../simulations/scale/assumptions.ts'
import { makeTables, SHORT_FORM } from '../../simulations/scale/command.ts'
import { forecast, FORECASTS } from '../../simulations/scale/forecast.ts'
import { ASSUMED_LAW, TITLES } from '../../simulations/scale/measure.ts'
import { findTable } from '../../simulations/scale/table.ts'
import { ROOT } from './pages.ts'
import type { Measured } from '../../simulations/scale/projection.ts'

describe('docs/scale.md', () => {
  const [page = '', shortForm = ''] = readFileSync(join(ROOT, 'docs/scale.md'), 'utf8').split(SHORT_FORM)

  it('computes from its measured tables what it says of nodes and of ten million users', () => {
    const measured = Object.fromEntries(Object.entries(TITLES).map(([name, title]) => [name, findTable(page, title)])) as unknown as Measured
    const computed = forecast(measured, ASSUMED_LAW)
    assert.equal(computed.length, Object.keys(FORECASTS).length)
    for (const table of computed) assert.deepEqual(findTable(page, table.title), table)
  })

  it('has in the short form what the program prints', async function () {
    this.timeout(120_000)
    for (const table of await makeTables({ sizes: [1000], seed: '1', short: true })) assert.deepEqual(findTable(shortForm, table.title), table)
  })

  it('names the budget and the assumptions that are computed with', () => {
    assert.ok(page.includes(`**${BUDGET.kbitPerSecond / 1000} Mbit/s upwards and ${BUDGET.corePercent} % of one core**`))
    assert.ok(page.includes(`a route that lists **${USERS.listed}** nodes`))
  })
})
