// docs/protocol.md says what the code does: its vectors are read, its tables are those of the code, its links lead somewhere.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { REFUSAL } from '../../src/types.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { DOMAIN } from '../../src/wire/protocols.ts'
import * as protocols from '../../src/wire/protocols.ts'
import { PAGES, ROOT } from './pages.ts'

const LINE_MAX = 120
const PROTOCOL = PAGES.find(({ name }) => name === 'docs/protocol.md')!.text

describe('docs/protocol.md', () => {
  it('has no vectors that no test reads', () => {
    const tests = globSync('test/**/*.test.ts', { cwd: ROOT }).map(name => readFileSync(`${ROOT}${name}`, 'utf8')).join('\n')
    const names = [...PROTOCOL.matchAll(/^```json vectors: (\w+)$/gm)].map(([, name]) => name)
    assert.ok(names.length >= 8)
    for (const name of names) assert.match(tests, new RegExp(`\\breadVectors<[^;]*?>\\('${name}'\\)`), name)
    assert.equal(names.length, PROTOCOL.match(/^```json/gm)?.length, 'all JSON is vectors')
  })

  it('has the limits of src/wire/limits.ts, and only these', () => {
    const rows = tableBehind('## Limits').map(([name, value]) => [name, Number(value?.replaceAll(',', ''))])
    assert.deepEqual(Object.fromEntries(rows), LIMITS)
    for (const [, name] of PROTOCOL.matchAll(/`([a-z]\w+(?:Bytes|BytesMin|Ms))`/g)) assert.ok(name! in LIMITS, name)
  })

  it('has the refusals of src/types.ts, by number and name', () => {
    const rows = tableBehind('## Refusals').map(([code, name]) => [name, Number(code)])
    assert.deepEqual(Object.fromEntries(rows), REFUSAL)
  })

  it('names every protocol, topic and domain', () => {
    for (const domain of Object.values(DOMAIN)) assert.ok(PROTOCOL.includes(`"${new TextDecoder().decode(domain).replace('\0', '\\0')}"`), new TextDecoder().decode(domain))
    const { SESSION_PROTOCOL, RELAY_PROTOCOL, PROFILE_PROTOCOL, SYNC_PROTOCOL, KAD_PROTOCOL, PRESENCE_TOPIC, BEAT_KEY_INFO, DEFAULT_NETWORK, ROUTE_NAMESPACE } = protocols
    for (const id of [SESSION_PROTOCOL, RELAY_PROTOCOL, PROFILE_PROTOCOL, SYNC_PROTOCOL, KAD_PROTOCOL, PRESENCE_TOPIC, DEFAULT_NETWORK]) assert.ok(PROTOCOL.includes(`\`${id}\``), id)
    assert.ok(PROTOCOL.includes(`"${BEAT_KEY_INFO}"`))
    assert.ok(PROTOCOL.includes(`/${ROUTE_NAMESPACE}/`))
  })

  it('has every message of a oneof, and every field of a Hello', () => {
    const proto = readFileSync(`${ROOT}src/wire/mail.proto`, 'utf8')
    for (const [, fields] of proto.matchAll(/oneof \w+ \{(.*?)\}/gs)) {
      for (const [, name] of fields!.matchAll(/\b(\w+) = \d+;/g)) assert.match(PROTOCOL, new RegExp(`\`(beat\\.)?${name}\\b`), name)
    }
    const hello = tableBehind('**Hello.**').map(([name]) => name)
    const fields = [...(/message Hello \{(.*?)\}/s.exec(proto)?.[1] ?? '').matchAll(/\b(\w+) = \d+/g)].map(([, name]) => name)
    assert.deepEqual(hello, fields)
  })

  it('has links that lead to its sections, and lines that fit', () => {
    const anchors = [...PROTOCOL.matchAll(/^##+ (.*)$/gm)].map(([, title]) => title!.toLowerCase().replaceAll(/[^\w -]/g, '').replaceAll(' ', '-'))
    for (const [, anchor] of PROTOCOL.matchAll(/\]\(#([\w-]+)\)/g)) assert.ok(anchors.includes(anchor!), anchor)
    const prose = PROTOCOL.replace(/^```.*?^```$/gms, '').split('\n').filter(line => !line.startsWith('|'))
    for (const line of prose) assert.ok(line.length <= LINE_MAX, line)
  })
})

/** The cells of the first table behind a heading, without its head. */
function tableBehind (heading: string): string[][] {
  const at = PROTOCOL.indexOf(`\n${heading}`)
  assert.ok(at >= 0, heading)
  const table = /^\|.*\n\|[-|]+\n((?:\|.*\n)+)/m.exec(PROTOCOL.slice(at))?.[1] ?? ''
  return table.trimEnd().split('\n').map(row => row.split('|').slice(1, -1).map(cell => cell.trim()))
}
