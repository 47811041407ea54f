// Searching disks as somebody would who has seized them: every byte of every file, and every entry of every database, since
// tables are compressed.
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { Level } from 'level'

/** Something that was written somewhere. */
export interface Place { where: string, bytes: Buffer }

/** What is looked for: its name, and the forms that it may have. */
export interface Trace { name: string, forms: Buffer[] }

/** First byte of an entry of a shelf: src/store/layout.ts. */
const SHELF = 0x73
/** Two characters at either end of a base64 text depend on what stands beside it. */
const BASE64_EDGE = 4

/** Words as they would stand in a file: in UTF-8 and UTF-16, in hex and base64 of either. */
export function traceOfText (name: string, text: string): Trace {
  return { name, forms: [...formsOf(Buffer.from(text, 'utf8')), ...formsOf(Buffer.from(text, 'utf16le'))] }
}

/** Bytes, such as those of a key: raw, in hex, in base64 wherever they begin in it; and texts that spell them. */
export function traceOfBytes (name: string, bytes: Uint8Array, texts: string[] = []): Trace {
  return { name, forms: [...formsOf(Buffer.from(bytes)), ...texts.map(text => Buffer.from(text, 'utf8'))] }
}

/** Everything in a folder: its files as they are, and what their databases give back. */
export async function placesIn (folder: string): Promise<Place[]> {
  const places: Place[] = []
  for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(file.parentPath, file.name)
    const where = relative(folder, path)
    places.push({ where: `the name of ${where}`, bytes: Buffer.from(file.name) })
    if (file.isFile()) places.push({ where, bytes: await readFile(path) })
    if (file.isDirectory() && existsSync(join(path, 'CURRENT'))) places.push(...await entriesOf(path, where))
  }
  return places
}

/** Which traces a place bears, and where. */
export function found (traces: readonly Trace[], places: readonly Place[]): Array<{ name: string, where: string }> {
  return places.flatMap(({ where, bytes }) => traces.filter(({ forms }) => forms.some(form => bytes.includes(form))).map(({ name }) => ({ name, where })))
}

/** Of a copy: opening a database rewrites its log. */
async function entriesOf (database: string, where: string): Promise<Place[]> {
  const copy = await mkdtemp(join(tmpdir(), 'posthouse-disk-'))
  await cp(database, copy, { recursive: true })
  const level = new Level<Buffer, Buffer>(copy, { keyEncoding: 'buffer', valueEncoding: 'buffer', createIfMissing: false })
  try {
    const entries = await level.iterator().all()
    return entries.map(([key, value], number) => {
      const shelf = key[0] === SHELF ? ` of shelf ${key.toString('latin1', 1, key.indexOf(0, 1))}` : ''
      return { where: `${where}, entry ${number}${shelf}`, bytes: Buffer.concat([key, value]) }
    })
  } finally {
    await level.close()
    await rm(copy, { recursive: true, force: true })
  }
}

function formsOf (bytes: Buffer): Buffer[] {
  const hex = bytes.toString('hex')
  const base64 = [0, 1, 2].flatMap(before => {
    const text = Buffer.concat([Buffer.alloc(before), bytes, Buffer.alloc(2)]).toString('base64').slice(BASE64_EDGE, -2 * BASE64_EDGE)
    return [text, text.replaceAll('+', '-').replaceAll('/', '_')]
  })
  return [bytes, ...[hex, hex.toUpperCase(), ...base64].map(text => Buffer.from(text))]
}
