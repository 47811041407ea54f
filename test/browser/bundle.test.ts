// The package as a stranger's bundler makes it: without configuration, with nothing of Node in it, and not too big.
import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { bundleClient, bundleProgram, type Bundle } from './bundle.ts'

/** Minified and gzipped, as a server hands it out; docs/client.md says how it was measured and what it was. */
const GZIP_KB_MAX = 420
/** Node's crypto, by HPKE and ML-KEM where there is no WebCrypto; optional peers of ts-mls, for suites that we do not use. */
const NEVER_ASKED = new Set(['crypto', '@hpke/chacha20poly1305', '@hpke/dhkem-x448', '@hpke/ml-kem', '@noble/post-quantum/ml-dsa.js'])
/** What only Node has of ours and of others. */
const NODE_ONLY = /^dist\/src\/(node|cli)\/|\/(transports|database)\.js$|node_modules\/(classic-level|@libp2p\/(tcp|kad-dht|gossipsub)|pino|commander)\//

describe('the client package, bundled for browsers', function () {
  this.timeout(20_000)
  let client: Bundle

  before(async () => { client = await bundleClient() })

  it('imports nothing that a browser does not have', () => {
    const { outputs, inputs } = client.metafile
    const imports = Object.values(outputs).flatMap(output => output.imports).filter(({ external }) => external)
    assert.deepEqual(new Set(imports.filter(({ path }) => !NEVER_ASKED.has(path)).map(({ path }) => path)), new Set())
    assert.ok(imports.every(({ kind }) => kind === 'dynamic-import'), 'none is needed for the page to load')
    const askers = Object.entries(inputs).filter(([, { imports }]) => imports.some(({ external }) => external)).map(([path]) => path)
    assert.deepEqual(askers.filter(path => !/node_modules\/(@hpke\/common|mlkem|ts-mls)\//.test(path)), [])
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
