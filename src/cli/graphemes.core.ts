/** Characters as people see them. */

/** For whoever wants the first of them only. */
export const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** An emoji of several code points is one. */
export function graphemes (text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}
