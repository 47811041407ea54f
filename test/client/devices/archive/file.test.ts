import assert from 'node:assert/strict'
import fc from 'fast-check'
import { decodeEntry, encodeEntry, type ArchiveEntry } from '../../../../src/client/devices/archive/forms.ts'
import { readArchive, writeArchive } from '../../../../src/client/devices/archive/file.ts'
import type { LineMessage } from '../../../../src/client/messages/index.ts'
import type { MessageId, PeerKey, RootKey } from '../../../../src/types.ts'

const root = 'ab'.repeat(32) as RootKey
const id = '01'.repeat(16) as MessageId
const QUICK = { scryptLogN: 4 }

function line (text: string): ArchiveEntry {
  const message: LineMessage = { id, from: root, device: 'cd'.repeat(32) as PeerKey, conversation: root, sentAt: 1, stamp: 2, parents: [], content: { type: 'text', text, mentions: [], replyTo: id, expiresAfterSeconds: 0 } }
  return { type: 'line', message, missing: [id], late: false }
}

const HEAD: ArchiveEntry = { type: 'head', version: 1, root, made: 1, total: 2 }
const END: ArchiveEntry = { type: 'end' }

async function * each<T> (values: Iterable<T>): AsyncGenerator<T> { yield * values }

async function write (entries: ArchiveEntry[], passphrase = 'horse'): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  await writeArchive(each(entries), async piece => { pieces.push(piece) }, passphrase, QUICK)
  return Buffer.concat(pieces)
}

async function read (bytes: Uint8Array, passphrase = 'horse', pieceBytes = 1000): Promise<ArchiveEntry[]> {
  const pieces = Array.from({ length: Math.ceil(bytes.byteLength / pieceBytes) }, (_, at) => new Uint8Array(bytes.subarray(at * pieceBytes, (at + 1) * pieceBytes)))
  const entries: ArchiveEntry[] = []
  for await (const entry of readArchive(each(pieces), passphrase)) entries.push(entry)
  return entries
}

describe('archive file', function () {
  this.timeout(20_000)

  it('gives back what was put in', async () => {
    const entries: ArchiveEntry[] = [
      HEAD,
      { type: 'keys', sealingKeys: [{ suite: 2, keyEpoch: 1, publicKey: new Uint8Array(4), notAfter: 5, privateKey: new Uint8Array(32) }], presenceKey: new Uint8Array(32), backupKey: new Uint8Array(0) },
      { type: 'contact', root, record: new Uint8Array([1]), profile: new Uint8Array([2]), presenceKey: new Uint8Array(0), usedAt: 7, name: 'Anna Ørsted', namedAt: 6 },
      { type: 'sent', id, to: root, state: 'delivered' },
      { type: 'read', conversation: root, id, at: 9 },
      line('hello „world“\n'),
      { type: 'gone', conversation: root, id, stamp: 3 },
      END
    ]
    const bytes = await write(entries)
    assert.equal(Buffer.from(bytes).includes('hello'), false)
    for (const pieceBytes of [1, 100, 1_000_000]) assert.deepEqual(await read(bytes, 'horse', pieceBytes), entries)
  })

  it('says that the passphrase is wrong, or is none', async () => {
    await assert.rejects(read(await write([HEAD, END]), 'cow'), { name: 'PassphraseError' })
    await assert.rejects(write([HEAD, END], ''), { name: 'PassphraseError' })
  })

  it('notices every missing end and every flipped bit', async () => {
    const bytes = await write([HEAD, ...Array.from({ length: 40 }, () => line('x'.repeat(5000))), END])
    for (const length of [0, 10, 100, 200, 1000, 65_536, bytes.byteLength - 1]) {
      await assert.rejects(read(bytes.subarray(0, length)), { name: 'MalformedError' }, `${length} bytes`)
    }
    for (const at of [0, 30, 170, 300, 70_000, 150_000, bytes.byteLength - 1]) {
      const flipped = bytes.slice()
      flipped[at] = (flipped[at] ?? 0) ^ 1
      await assert.rejects(read(flipped), { name: /^(Malformed|Passphrase)Error$/ }, `byte ${at}`)
    }
    const longer = Buffer.concat([bytes, new Uint8Array(1)])
    await assert.rejects(read(longer), { name: 'MalformedError' })
  })

  it('refuses a newer version, other files, and one that was not written to its end', async () => {
    await assert.rejects(read(await write([{ ...HEAD, version: 2 } as ArchiveEntry, END])), { name: 'UnsupportedError' })
    await assert.rejects(read(new TextEncoder().encode('dear diary')), { name: 'MalformedError' })
    await assert.rejects(read(await write([END])), { name: 'MalformedError' })
    await assert.rejects(read(await write([HEAD])), { name: 'MalformedError' })
    await assert.rejects(read(await write([HEAD, END, END])), { name: 'MalformedError' })
  })

  it('asks for no more entries than it writes, and reads no more than is taken', async () => {
    let asked = 0
    async function * endless (): AsyncGenerator<ArchiveEntry> {
      yield HEAD
      for (;;) {
        asked++
        yield line('y'.repeat(1000))
      }
    }
    let written = 0
    await assert.rejects(writeArchive(endless(), async piece => {
      written += piece.byteLength
      if (written > 1_000_000) throw new Error('the disk is full')
    }, 'horse', QUICK), { message: 'the disk is full' })
    assert.ok(asked < 1500, `${asked} entries for ${written} bytes`)

    const bytes = await write([HEAD, ...Array.from({ length: 1000 }, () => line('z'.repeat(1000))), END])
    let given = 0
    async function * counted (): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.byteLength; at += 10_000) {
        given += 10_000
        yield new Uint8Array(bytes.subarray(at, at + 10_000))
      }
    }
    for await (const entry of readArchive(counted(), 'horse')) if (entry.type === 'line') break
    assert.ok(given < 400_000, `${given} of ${bytes.byteLength} bytes`)
  })

  it('reads contacts of before there were names, and a reader of then passes over the name', () => {
    const contact: ArchiveEntry = { type: 'contact', root, record: new Uint8Array([1]), profile: new Uint8Array([2]), presenceKey: new Uint8Array(0), usedAt: 7, name: '', namedAt: 0 }
    const before = `{"type":"contact","root":"${root}","record":"AQ==","profile":"Ag==","presenceKey":"","usedAt":7}`
    assert.deepEqual(decodeEntry(before), contact)
    assert.deepEqual(decodeEntry(`${before.slice(0, -1)},"colour":"blue"}`), contact, 'fields that are not known are left out')
    assert.throws(() => decodeEntry(`${before.slice(0, -1)},"name":7}`))
  })

  it('passes over lines of types that it does not know, and throws for anything else', () => {
    assert.equal(decodeEntry('{"type":"poll","question":"?"}'), undefined)
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), fc.constantFrom('{"type":"line"}', '{"type":"keys"}')), text => {
      try {
        assert.equal(decodeEntry(text), undefined)
      } catch (error) {
        assert.ok(error instanceof Error)
      }
    }))
    assert.deepEqual(decodeEntry(encodeEntry(line('a'))), line('a'))
  })
})
