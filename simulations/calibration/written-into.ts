/** Figures that programs write into documents, between two lines that name them, so that nobody types them in. */

/** The text with what stands between its marks replaced. Throws when it has no such place. */
export function writtenInto (text: string, name: string, figures: string): string {
  const first = `<!-- figures: ${name} -->`
  const begin = text.indexOf(first)
  const end = text.indexOf(`<!-- end: ${name} -->`)
  if (begin < 0 || end < begin) throw new Error(`the file has no place for ${name}: ${first} … <!-- end: ${name} -->`)
  return `${text.slice(0, begin + first.length)}\n${figures.trimEnd()}\n${text.slice(end)}`
}
