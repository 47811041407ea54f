/**
 * Figures as people read them: tables in Markdown, with three digits. What is computed from a table is computed from what
 * is printed in it, so that a reader with a pocket calculator, or the test of docs/scale.md, comes to the same.
 */

/** Cells by the column's title. */
export type Row = Record<string, string>

export interface Table { title: string, columns: string[], rows: Row[] }

/** Three digits that count. */
export function figure (value: number): string { return String(Number(value.toPrecision(3))) }

/** A table of rows that all have the same columns, in their order. */
export function tableOf (title: string, rows: Row[]): Table {
  return { title, columns: Object.keys(rows[0] ?? {}), rows }
}

export function toMarkdown ({ title, columns, rows }: Table): string {
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`
  return [
    `**${title}**`,
    '',
    line(columns),
    `|${columns.map(() => '---').join('|')}|`,
    ...rows.map(row => line(columns.map(column => row[column] ?? ''))),
    ''
  ].join('\n')
}

/** The table under its title, as `toMarkdown` has written it. Throws when there is none. */
export function findTable (markdown: string, title: string): Table {
  const lines = markdown.split('\n')
  const at = placeOf(lines, title)
  const [columns = [], , ...rows] = lines.slice(at + 2, endOfTable(lines, at + 2)).map(cellsOf)
  return { title, columns, rows: rows.map(cells => Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? '']))) }
}

/** The page with this table in the place of the one under its title. Throws when there is none. */
export function withTable (markdown: string, table: Table): string {
  const lines = markdown.split('\n')
  const at = placeOf(lines, table.title)
  lines.splice(at, endOfTable(lines, at + 2) - at, ...toMarkdown(table).trimEnd().split('\n'))
  return lines.join('\n')
}

/** A cell that has a number. Throws when it has none. */
export function numberIn (row: Row | undefined, column: string): number {
  const value = Number(row?.[column] ?? NaN)
  if (Number.isNaN(value)) throw new Error(`“${row?.[column] ?? 'nothing'}” in column ${column} is no number`)
  return value
}

function placeOf (lines: string[], title: string): number {
  const at = lines.indexOf(`**${title}**`)
  if (at < 0) throw new Error(`there is no table “${title}”`)
  return at
}

function endOfTable (lines: string[], from: number): number {
  const end = lines.findIndex((line, index) => index >= from && !line.startsWith('|'))
  return end < 0 ? lines.length : end
}

function cellsOf (line: string): string[] {
  return line.slice(1, -1).split('|').map(cell => cell.trim())
}
