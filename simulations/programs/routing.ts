/** `npm run simulate:routing` (docs/routing-model.md). */
import { routingFigures } from '../calibration/figures.ts'

process.exitCode = await routingFigures(process.argv.slice(2), process)
