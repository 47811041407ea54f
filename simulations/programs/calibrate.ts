/** `npm run simulate:calibrate` (simulations/routing/README.md). */
import { runCalibration } from '../calibration/calibrate.ts'

process.exitCode = await runCalibration(process.argv.slice(2), process)
