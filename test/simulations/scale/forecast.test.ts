// The arithmetic, with inputs of which the results are known by heart.
import assert from 'node:assert/strict'
import { USERS } from '../../../simulations/scale/assumptions.ts'
import { forecast, FORECASTS } from '../../../simulations/scale/forecast.ts'
import { fits, Projection, shares, type Measured } from '../../../simulations/scale/projection.ts'
import { numberIn, tableOf, type Row } from '../../../simulations/scale/table.ts'

const PARTS = ['drains', 'heartbeats', 'deposits', 'answers', 'pushes', 'collections', 'requests']

describe('a projection', () => {
  const operation = (nodes: string, name: string, messages: string, bytes: string): Row => ({ nodes, operation: name, messages, bytes })
  const measuredAt = (...sizes: number[]): Measured => ({
    often: tableOf('', [{ law: 'mixed', 'beats published': '4', 'messages published': '6', 'route publications': '0.25' }]),
    beat: tableOf('', sizes.flatMap(nodes => [32, 1280, 6000].map(connections => ({
      nodes: String(nodes), connections: String(Math.min(connections, nodes - 1)), mesh: '4', copies: '3', 'told of it': '20', 'message bytes': '1000', 'control bytes': '1000'
    })))),
    operation: tableOf('', sizes.flatMap(nodes => [operation(`${nodes}`, 'walk', '40', '30000'), operation(`${nodes}`, 'publish', '240', '360000'), operation(`${nodes}`, 'find', '40', '70000')])),
    mail: tableOf('', PARTS.map(part => ({ 'sent by': 'nodes', part, 'messages, 100 nodes': '10', 'bytes, 100 nodes': '1000' }))),
    people: tableOf('', [{ nodes: '100', users: '300', 'finds a user and hour': '1', 'streams between nodes, for a user': '5' }])
  })
  const place = { nodes: 10_000, usersPerNode: 100, connections: 32 }
  const projection = new Projection(measuredAt(10_000), 'mixed')

  it('puts each user’s record for each listed node, and walks for each key or a few times for each region', () => {
    const publications = (users: number): number => USERS.listed * users * 0.25
    const [few, many] = [projection.republication({ ...place, usersPerNode: 1 }), projection.republication({ ...place, usersPerNode: 1000 })]
    assert.equal(few.bytes, publications(1) * 360_000)
    assert.equal(few.messages, publications(1) * 240)
    // 500 regions of 20 nodes, three walks for each in four hours.
    assert.equal(many.messages, publications(1000) * (240 - 3 * 40) + 375 * 40)
    assert.equal(many.seconds, publications(1000) * 60 / 1000 + 375 * 0.22)
  })

  it('carries every beat of everybody at every node', () => {
    const [few, many] = [projection.presence(place), projection.presence({ ...place, usersPerNode: 200 })]
    assert.ok(Math.abs(many.seconds / few.seconds - 2) < 1e-9)
    assert.ok(few.bytes >= 1_000_000 * 4 * 2000)
  })

  it('holds a load against the budget', () => {
    assert.deepEqual(shares({ bytes: 450e6, seconds: 180 }), { kbitPerSecond: 1000, corePercent: 5 })
    assert.deepEqual(fits({ bytes: 225e6, seconds: 60 }), { byLine: 2, byCore: 3 })
  })

  it('sums the parts of an hour', () => {
    const [hour] = forecast(measuredAt(10_000), 'mixed')
    assert.equal(hour?.title, FORECASTS.hour)
    const rows = hour?.rows ?? []
    const sum = rows.slice(0, -1).reduce((total, row) => total + numberIn(row, 'MB'), 0)
    assert.ok(Math.abs(numberIn(rows.at(-1), 'MB') / sum - 1) < 0.01)
  })

  it('speaks of ten million users when both sizes were measured, the worst first', () => {
    assert.equal(forecast(measuredAt(1000), 'mixed').length, 1)
    const breaks = forecast(measuredAt(10_000, 100_000), 'mixed').find(({ title }) => title === FORECASTS.breaks)
    const worst = (breaks?.rows ?? []).map(row => Math.max(numberIn(row, 'too much by, 100 users a node'), numberIn(row, 'too much by, 1000 users a node')))
    assert.ok(worst.length > 10)
    assert.deepEqual(worst, worst.toSorted((a, b) => b - a))
  })

  it('finds how many users fit where a load does not grow in proportion', () => {
    const breaks = forecast(measuredAt(10_000, 100_000), 'mixed').find(({ title }) => title === FORECASTS.breaks)
    const row = breaks?.rows.find(({ what }) => what === 'republication by core')
    const users = Number.parseFloat(row?.['holds up to, 10000 nodes'] ?? '')
    const { corePercent } = shares(new Projection(measuredAt(10_000), 'mixed').republication({ ...place, usersPerNode: users }))
    assert.ok(Math.abs(corePercent - 5) < 0.05, `${users} users take ${corePercent} %`)
  })

  it('says what it lacks', () => {
    assert.throws(() => new Projection(measuredAt(1000), 'none'), /nothing was counted under the law none/)
    assert.throws(() => projection.republication({ ...place, nodes: 5 }), /no number/)
  })
})
