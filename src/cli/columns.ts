/** Text in the columns of a terminal. */
import stringWidth from 'string-width'
import { graphemes } from './graphemes.core.ts'

/** At most so many columns wide: the rest is cut off, a wide character is never halved. */
export function cutToColumns (text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text
  let room = columns
  let head = ''
  for (const grapheme of graphemes(text)) {
    const next = stringWidth(grapheme)
    if (next > room - 1) break
    head += grapheme
    room -= next
  }
  return `${head}${room > 0 ? '…' : ''}`
}
