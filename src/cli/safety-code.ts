/** The safety code as two people compare it: twelve groups of five digits. */

/** Four groups a row. */
export function safetyCodeRows (code: string): string[] {
  const groups = code.replace(/\s/g, '').match(/.{1,5}/g) ?? []
  const rows: string[] = []
  for (let at = 0; at < groups.length; at += 4) rows.push(groups.slice(at, at + 4).join(' '))
  return rows
}
