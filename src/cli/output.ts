/**
 * What a person or a script reads. With --json, one object a line; otherwise short lines, coloured only on a terminal
 * (NO_COLOR and FORCE_COLOR are honoured). Text that others wrote never reaches a terminal with its control characters.
 */
import { once } from 'node:events'
import { stripVTControlCharacters, styleText } from 'node:util'
import type { Writable } from 'node:stream'

type Style = Parameters<typeof styleText>[0]
export type OutputStream = Writable & { isTTY?: boolean, columns?: number, rows?: number }

/** C0, DEL and C1 but for the tab and the line feed, and the characters that reorder text. */
// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
/** JSON.stringify leaves these as they are, and an 8-bit terminal obeys them. */
const UNESCAPED = /[\u007f-\u009f]/g

export class Output {
  readonly stream: OutputStream
  readonly json: boolean

  constructor (stream: OutputStream, { json = false } = {}) {
    this.stream = stream
    this.json = json
  }

  get isTerminal (): boolean { return this.stream.isTTY === true }

  paint (style: Style, text: string): string {
    return styleText(style, text, { stream: this.stream })
  }

  /** One JSON object on its line. Resolves when the reader keeps up. */
  async object (value: object): Promise<void> {
    await this.write(`${JSON.stringify(value).replace(UNESCAPED, escaped)}\n`)
  }

  async line (text = ''): Promise<void> {
    await this.write(`${text}\n`)
  }

  /** Names and values in two columns. */
  async table (rows: ReadonlyArray<readonly [name: string, value: string]>): Promise<void> {
    const width = Math.max(...rows.map(([name]) => name.length))
    for (const [name, value] of rows) await this.line(`${this.paint('dim', name.padEnd(width))}  ${value}`)
  }

  /** What a failure of the stream means is for its owner to say (index.ts): nobody waits for it here. */
  async write (text: string): Promise<void> {
    if (this.stream.write(text) || this.stream.destroyed) return
    const heard = new AbortController()
    const { signal } = heard
    // What did not happen is not listened for any longer, or a slow reader's stream collects listeners.
    await Promise.race([once(this.stream, 'drain', { signal }), once(this.stream, 'close', { signal })]).catch(() => {}).finally(() => { heard.abort() })
  }
}

/** Foreign text as it may be shown: no escape sequences, no control characters, no reordering. */
export function printable (text: string): string {
  return stripVTControlCharacters(text).replace(UNPRINTABLE, '\ufffd')
}

/** The ends of an id: enough to tell apart the few that one person meets. */
export function shortId (id: string): string {
  const key = id.replace(/^did:key:/, '')
  return key.length <= 12 ? key : `${key.slice(0, 4)}…${key.slice(-6)}`
}

/** Local wall-clock time. */
export function clockTime (time: number): string {
  return new Date(time).toTimeString().slice(0, 5)
}

/** Local date as the ISO 8601 calendar writes it. */
export function calendarDate (time: number): string {
  const date = new Date(time)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

export function byteCount (bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const at = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1)
  const value = bytes / 1024 ** at
  return `${at === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[at] ?? ''}`
}

/** The two largest units that are not zero. */
export function duration (seconds: number): string {
  const parts = ([['d', 86_400], ['h', 3_600], ['min', 60], ['s', 1]] as const).map(([unit, size], at, units) => {
    const larger = units[at - 1]?.[1]
    return { unit, count: Math.floor((larger === undefined ? seconds : seconds % larger) / size) }
  })
  const first = parts.findIndex(({ count }) => count > 0)
  if (first === -1) return '0 s'
  return parts.slice(first, first + 2).filter(({ count }) => count > 0).map(({ unit, count }) => `${count} ${unit}`).join(' ')
}

function escaped (character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
