/** The safety code as two people compare it: groups of five digits, four a row. */
import { groupsOf } from '../client/devices/index.ts'

const GROUPS_A_ROW = 4

export function safetyCodeRows (code: string): string[] {
  const groups = groupsOf(code)
  return Array.from({ length: Math.ceil(groups.length / GROUPS_A_ROW) }, (_, at) => groups.slice(at * GROUPS_A_ROW, (at + 1) * GROUPS_A_ROW).join(' '))
}
