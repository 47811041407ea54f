/** The text being typed, and what keys do to it. */
import { graphemes, segmenter } from '../../graphemes.core.ts'

/** Text that is being typed, and its cursor, which stands between two characters as people see them. */
export interface Draft {
  readonly text: string
  /** Index into the text, never inside a character. */
  readonly at: number
}

export const EMPTY: Draft = Object.freeze({ text: '', at: 0 })

export function draftOf (text: string): Draft {
  return { text, at: text.length }
}

/** characters: what stays within it is inserted. */
export function insert ({ text, at }: Draft, inserted: string, charactersMax: number): Draft {
  const room = Math.max(0, charactersMax - text.length)
  const fits = inserted.length <= room ? inserted : cut(inserted, room)
  return { text: text.slice(0, at) + fits + text.slice(at), at: at + fits.length }
}

export function left (draft: Draft): Draft {
  return { ...draft, at: draft.at - lengthBefore(draft) }
}

export function right (draft: Draft): Draft {
  return { ...draft, at: draft.at + lengthAfter(draft) }
}

export function wordLeft ({ text, at }: Draft): Draft {
  return { text, at: text.slice(0, at).search(/\S+\s*$/) === -1 ? 0 : text.slice(0, at).search(/\S+\s*$/) }
}

export function wordRight ({ text, at }: Draft): Draft {
  const found = /^\s*\S+/.exec(text.slice(at))
  return { text, at: found === null ? text.length : at + found[0].length }
}

/** To the beginning of its line. */
export function home ({ text, at }: Draft): Draft {
  return { text, at: text.lastIndexOf('\n', at - 1) + 1 }
}

/** To the end of its line. */
export function end ({ text, at }: Draft): Draft {
  const next = text.indexOf('\n', at)
  return { text, at: next === -1 ? text.length : next }
}

/** Undefined on the first line. */
export function up (draft: Draft): Draft | undefined {
  const start = home(draft).at
  if (start === 0) return undefined
  const above = home({ ...draft, at: start - 1 }).at
  return { ...draft, at: boundary(draft.text, Math.min(above + draft.at - start, start - 1)) }
}

/** Undefined on the last line. */
export function down (draft: Draft): Draft | undefined {
  const next = end(draft).at
  if (next === draft.text.length) return undefined
  const below = end({ ...draft, at: next + 1 }).at
  return { ...draft, at: boundary(draft.text, Math.min(next + 1 + draft.at - home(draft).at, below)) }
}

export function eraseLeft (draft: Draft): Draft {
  return erase(draft, left(draft).at, draft.at)
}

export function eraseRight (draft: Draft): Draft {
  return erase(draft, draft.at, right(draft).at)
}

export function eraseWord (draft: Draft): Draft {
  return erase(draft, wordLeft(draft).at, draft.at)
}

export function eraseToHome (draft: Draft): Draft {
  return erase(draft, home(draft).at, draft.at)
}

export function eraseToEnd (draft: Draft): Draft {
  return erase(draft, draft.at, end(draft).at)
}

function erase ({ text }: Draft, from: number, to: number): Draft {
  return { text: text.slice(0, from) + text.slice(to), at: from }
}

function lengthBefore ({ text, at }: Draft): number {
  return graphemes(text.slice(0, at)).at(-1)?.length ?? 0
}

function lengthAfter ({ text, at }: Draft): number {
  const [next] = segmenter.segment(text.slice(at))
  return next?.segment.length ?? 0
}

/** The nearest place before `at` that is between two characters. */
function boundary (text: string, at: number): number {
  return segmenter.segment(text).containing(at)?.index ?? at
}

function cut (text: string, length: number): string {
  return text.slice(0, boundary(text, length))
}
