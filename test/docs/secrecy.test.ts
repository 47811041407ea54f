// docs/secrecy.md promises nothing that no test shows: every row of its table names one that is there.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { PAGES, ROOT } from './pages.ts'

const ROW = /^\| (.+) \| `(test\/[\w/.-]+)` \| (.+) \|$/gm

describe('docs/secrecy.md', () => {
  it('names for each promise a test that is there', () => {
    const { text } = PAGES.find(({ name }) => name === 'docs/secrecy.md')!
    const promises = text.slice(text.indexOf('## Promises'), text.indexOf('## What nodes learn'))
    const rows = [...promises.matchAll(ROW)]
    assert.equal(rows.length, promises.split('\n').filter(line => line.startsWith('| ')).length - 1, 'every row has its form')
    for (const [, promise = '', file = '', title = ''] of rows) {
      assert.ok(existsSync(`${ROOT}${file}`), `${promise}: ${file}`)
      const titles = [...readFileSync(`${ROOT}${file}`, 'utf8').matchAll(/\b(?:it|describe)\(['`](.*)['`],/g)].map(([, words]) => words ?? '')
      assert.ok(titles.some(words => words.includes(title)), `${promise}: “${title}” in ${file}`)
    }
  })
})
