/** `npm run simulate`: runs scenarios, and says what they kept of what is promised (docs/simulation.md). */
import { main } from './command-line/main.ts'

process.exitCode = await main(process.argv.slice(2), process)
