/**
 * The file around an archive: an age file (age-encryption.org/v1) under a passphrase, so that tools which are not ours open
 * it too: `age -d archive | less`. age derives its key by scrypt and encrypts in chunks of 64 KiB, of which each and
 * the end of the whole are authenticated; so both directions run in little memory, and no flipped bit and no missing end
 * goes unnoticed.
 */
import { Decrypter, Encrypter } from 'age-encryption'
import { MalformedError, PassphraseError, TooLargeError, UnsupportedError } from '../../../errors.ts'
import { LIMITS } from '../../../wire/limits.ts'
import { ARCHIVE_VERSION, decodeEntry, encodeEntry, type ArchiveEntry } from './forms.ts'

export interface ArchiveOptions {
  /** log2 of scrypt's cost; tests take less. */
  scryptLogN?: number
}

/** age's own default: 2^18 blocks, about a second and 256 MiB for each guess. */
const SCRYPT_LOG_N = 18
/** The longest line: a contact's record and profile, or the longest text, in base64 and JSON's escapes. */
const LINE_CHARACTERS_MAX = 2 * LIMITS.messageBytes
/** Lines are given to the cipher in pieces of this size. */
const PIECE_CHARACTERS = 64 * 1024
const FIRST_LINE = 'age-encryption.org/v1\n'

/** Resolves when all of it was written. Throws PassphraseError for none, and what `entries` and `write` throw. */
export async function writeArchive (entries: AsyncIterable<ArchiveEntry>, write: (piece: Uint8Array) => Promise<void>, passphrase: string, { scryptLogN = SCRYPT_LOG_N }: ArchiveOptions = {}): Promise<void> {
  if (passphrase === '') throw new PassphraseError('an empty passphrase protects nothing')
  const age = new Encrypter()
  age.setPassphrase(passphrase)
  age.setScryptWorkFactor(scryptLogN)
  for await (const piece of iterate(await age.encrypt(streamOf(textOf(entries))))) await write(piece)
}

/**
 * The entries between head and end, after the head. Throws PassphraseError when the passphrase is another one,
 * MalformedError when it is no archive, is damaged or cut short, UnsupportedError when it is of a newer version. What was
 * given before a throw is true; `end` comes only when nothing is missing.
 */
export async function * readArchive (pieces: AsyncIterable<Uint8Array>, passphrase: string): AsyncGenerator<ArchiveEntry> {
  const age = new Decrypter()
  age.addPassphrase(passphrase)
  const plaintext = await age.decrypt(streamOf(checked(pieces))).catch((error: Error) => { throw openingError(error) })
  let last: ArchiveEntry['type'] | undefined
  for await (const line of linesOf(damageNamed(iterate(plaintext)))) {
    const entry = decoded(line)
    if (last === undefined) checkHead(entry)
    if (last === 'end') throw new MalformedError('the archive goes on after its end')
    last = entry?.type ?? last
    if (entry !== undefined) yield entry
  }
  if (last !== 'end') throw new MalformedError('the archive has no end: it was not written to the end')
}

function checkHead (entry: ArchiveEntry | undefined): void {
  if (entry?.type !== 'head') throw new MalformedError('the file is encrypted, but it is no Posthouse archive')
  if (entry.version > ARCHIVE_VERSION) throw new UnsupportedError('the archive was written by a newer version of this program')
}

function decoded (line: string): ArchiveEntry | undefined {
  try {
    return decodeEntry(line)
  } catch (error) {
    throw new MalformedError('the archive has a line that cannot be read', { cause: error })
  }
}

async function * textOf (entries: AsyncIterable<ArchiveEntry>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  let text = ''
  for await (const entry of entries) {
    text += `${encodeEntry(entry)}\n`
    if (text.length < PIECE_CHARACTERS) continue
    yield encoder.encode(text)
    text = ''
  }
  if (text !== '') yield encoder.encode(text)
}

async function * linesOf (pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield * lines
    if (rest.length > LINE_CHARACTERS_MAX) throw new TooLargeError('the archive has a line that is too long')
  }
  if (rest !== '') throw new MalformedError('the archive’s last line has no end')
}

/** What is no age file is told before anybody waits for the passphrase. */
async function * checked (pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let first = ''
  for await (const piece of pieces) {
    if (first.length < FIRST_LINE.length) {
      first += String.fromCharCode(...piece.subarray(0, FIRST_LINE.length - first.length))
      if (!FIRST_LINE.startsWith(first)) throw new MalformedError('that is no archive: it does not begin like an age file')
    }
    yield piece
  }
}

/** age's errors before the first byte, by what they mean to a person. */
function openingError (error: Error): Error {
  if (error.name === 'MalformedError') return error
  if (error.message.startsWith('no identity matched')) return new PassphraseError('the passphrase does not open the archive', { cause: error })
  return new MalformedError('that is no archive, or its beginning is damaged', { cause: error })
}

async function * damageNamed (pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield * pieces
  } catch (error) {
    throw new MalformedError('the archive is damaged or cut short', { cause: error })
  }
}

/** Pulled: nothing is read ahead of what is asked for. */
function streamOf (pieces: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull (controller) {
      const { value, done } = await pieces.next()
      if (done === true) controller.close()
      else controller.enqueue(value)
    },
    async cancel () { await pieces.return(undefined) }
  }, { highWaterMark: 0 })
}

/** Safari's streams cannot be iterated by themselves. */
async function * iterate (stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  let complete = false
  try {
    for (;;) {
      const { value, done } = await reader.read()
      complete = done
      if (done) return
      yield value
    }
  } finally {
    if (!complete) await reader.cancel().catch(() => { /* it ended by an error, which the reader has been told */ })
  }
}
