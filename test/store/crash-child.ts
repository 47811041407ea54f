// Run by repair.test.ts: ends as LevelDB ends a process whose database it finds impossible.
import { openLevelStore } from '../../src/store/index.ts'
import { makeComponents } from './mail.ts'

await openLevelStore(process.argv[2] ?? '', makeComponents(), { reserveBytes: 0 })
process.abort()
