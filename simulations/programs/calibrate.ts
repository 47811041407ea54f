/** `npm run simulate:calibrate` (docs/routing-model.md). */
import { runCalibration } from '../calibration/calibrate.ts'

process.exitCode = await runCalibration(process.argv.slice(2), process)
