/**
 * `npm run bench:history`: what a long conversation costs to keep, to walk and to count, beside the same lines in the
 * same kind of database without encryption. bench/README.md says how to read it.
 */
import { readOptions } from '../options.ts'
import { withDirectory } from '../processes.ts'
import { describeMachine } from '../machine.ts'
import { machineText } from '../report.ts'
import { percentile } from '../statistics.ts'
import { keepLines, openBare, openHistory, type Kept, type Walk } from './conversation.ts'

const LINES = { full: 100_000, short: 5000 }
const WALKS = { full: 50, short: 10 }
const PAGE_LINES = 50

const options = readOptions({ short: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } })
const extent = options.short ? 'short' : 'full'
const lines = LINES[extent]
console.log(`posthouse history, one conversation of ${lines.toLocaleString('en')} lines, medians of ${WALKS[extent]} · ${machineText(await describeMachine())}\n`)
console.log('                        kept/s   bytes a line   first page ms   page in the middle ms   one line ms   count unread ms')
const results = []
for (const [name, open] of [['posthouse', openHistory], ['not encrypted', openBare]] as const) {
  results.push(await withDirectory(async directory => {
    const kept = await keepLines(directory, lines, open)
    // Opened again: what a process has in memory is not what is measured.
    const walk = await open(directory)
    const result = { name, ...kept, ...await measure(walk) }
    await walk.close()
    say(result)
    return result
  }))
}
if (options.json) console.log(JSON.stringify({ bench: 'history', lines, results }))

interface Measured extends Kept { name: string, firstPageMs: number, pageMs: number, lineMs: number, unreadMs: number }

async function measure (walk: Walk): Promise<Omit<Measured, keyof Kept | 'name'>> {
  const firstPageMs = await timed(async () => { await walk.page(undefined, PAGE_LINES) })
  const pages: number[] = []
  const singles: number[] = []
  for (let round = 0; round < WALKS[extent]; round++) {
    // Spread over the whole, never the same segment twice in a row.
    const at = Math.floor(lines * ((round * 0.618) % 1)) + 1
    pages.push(await timed(async () => { await walk.page(at, PAGE_LINES) }))
    singles.push(await timed(async () => { await walk.line(lines - at + 1) }))
  }
  return { firstPageMs, pageMs: percentile(pages, 50), lineMs: percentile(singles, 50), unreadMs: await timed(async () => { await walk.unread() }) }
}

async function timed (task: () => Promise<void>): Promise<number> {
  const begunAt = performance.now()
  await task()
  return performance.now() - begunAt
}

function say ({ name, keptPerSecond, bytesPerLine, firstPageMs, pageMs, lineMs, unreadMs }: Measured): void {
  const cells = [Math.round(keptPerSecond).toLocaleString('en').padStart(10), Math.round(bytesPerLine).toLocaleString('en').padStart(14)]
  console.log([name.padEnd(20), ...cells, ...[firstPageMs, pageMs, lineMs, unreadMs].map((ms, at) => ms.toFixed(1).padStart([15, 23, 13, 17][at] ?? 0))].join(' '))
}
