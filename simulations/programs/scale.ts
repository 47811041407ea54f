/** `npm run simulate:scale` (docs/scale.md). */
import { scale } from '../scale/command.ts'

process.exitCode = await scale(process.argv.slice(2), process)
