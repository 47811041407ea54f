import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { askSecret, readAll, readSecretFile } from '../../src/cli/prompts.ts'
import { capturedIo } from './captured-io.ts'

describe('cli/prompts', () => {
  it('reads standard input whole, but for its last line feed, and never more than the limit', async () => {
    assert.equal(await readAll(capturedIo({ stdin: 'a\nb\n' }), 100, 'the message'), 'a\nb')
    assert.equal(await readAll(capturedIo({ stdin: 'x'.repeat(100) }), 100, 'the message'), 'x'.repeat(100))
    await assert.rejects(readAll(capturedIo({ stdin: 'x'.repeat(101) }), 100, 'the message'), { message: 'the message on standard input is longer than 100 bytes' })
  })

  it('does not echo a secret', async () => {
    const io = capturedIo({ stdin: new PassThrough() })
    const answer = askSecret(io, 'passphrase: ')
    const stdin = io.stdin as PassThrough
    stdin.write('open sesame\n')
    assert.equal(await answer, 'open sesame')
    assert.equal(io.written.stderr, 'passphrase: \n')
    assert.equal(io.written.stdout, '')
  })

  it('takes the first line of a file for a secret', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'posthouse-secret-'))
    await writeFile(join(directory, 'file'), 'open sesame\r\nsecond line')
    assert.equal(await readSecretFile(join(directory, 'file')), 'open sesame')
    await assert.rejects(readSecretFile(join(directory, 'none')), { code: 'ENOENT' })
    await rm(directory, { recursive: true })
  })
})
