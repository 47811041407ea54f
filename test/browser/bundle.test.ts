// The package as a stranger's bundler makes it: without configuration, with nothing of Node in it, and not too big.
import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { bundleClient, bundleProgram, type Bundle } from './bundle.ts'

/** Minified and gzipped, as a server hands it out; docs/client.md says how it was measured and what it was. */
const GZIP_KB_MAX = 330
/** What only Node has of ours and of others. */
const NODE_ONLY = /^dist\/src\/(node|cli)\/|\/(transports|database)\.js$|node_modules\/(classic-level|@libp2p\/(tcp|kad-dht|gossipsub)|pino|commander)\//

describe('the client package, bundled for browsers', function () {
  this.timeout(20_000)
  let client: Bundle

  before(async () => { client = await bundleClient() })

  it('imports nothing that a browser does not have', () => {
    const { outputs, inputs } = client.metafile
    const imports = Object.values(outputs).flatMap(output => output.imports).filter(({ external }) => external)
    // HPKE and ML-KEM ask for Node's crypto where there is no WebCrypto, which no browser is without.
    assert.deepEqual(new Set(imports.map(({ path, kind }) => `${kind} ${path}`)), new Set(['dynamic-import crypto']))
    const askers = Object.entries(inputs).filter(([, { imports }]) => imports.some(({ external }) => external)).map(([path]) => path)
    assert.deepEqual(askers.filter(path => !/node_modules\/(@hpke\/common|mlkem)\//.test(path)), [])
    assert.deepEqual(Object.keys(inputs).filter(path => path.includes('(disabled)')), [], 'nothing is replaced by nothing')
  })

  it('has what browsers need in the place of what Node needs', () => {
    const inputs = Object.keys(client.metafile.inputs)
    assert.deepEqual(inputs.filter(path => NODE_ONLY.test(path)), [])
    for (const name of ['transports.browser.', 'database.browser.']) assert.ok(inputs.some(path => path.includes(name)), name)
    assert.ok(inputs.some(path => path.endsWith('node_modules/events/events.js')), 'abstract-level requires it without depending on it')
  })

  it('would not come to be with an import of Node’s, wherever it stood', async () => {
    await assert.rejects(bundleProgram("import 'node:fs'"), { message: /Could not resolve "node:fs"/ })
    await assert.rejects(bundleProgram("import 'posthouse'"), { message: /Could not resolve "node:/ })
  })

  it(`is at most ${GZIP_KB_MAX} kB, gzipped`, () => {
    const kB = gzipSync(client.text, { level: 9 }).byteLength / 1000
    assert.ok(kB <= GZIP_KB_MAX, `${kB.toFixed(0)} kB`)
  })
})
