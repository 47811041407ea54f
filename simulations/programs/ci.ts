/** `npm run simulate:ci` (docs/simulation.md). */
import { runMatrix } from '../matrix/matrix.ts'

process.exitCode = await runMatrix(process.argv.slice(2), process, process.env)
