/** The program `posthouse`: bin/posthouse.js starts it. Importing this file runs it. */
import { getEventListeners } from 'node:events'
import { EXIT, failureText } from './failures.ts'
import { main } from './main.ts'

/** How a shell reports a process that a signal ended. */
const SIGNAL_EXIT = Object.freeze({ SIGHUP: 129, SIGINT: 130, SIGTERM: 143 })

const stop = new AbortController()
const hurry = new AbortController()
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The second one leaves at once, with a word when there is something to say.
    if (hurry.signal.aborted || (stop.signal.aborted && getEventListeners(hurry.signal, 'abort').length === 0)) process.exit(SIGNAL_EXIT[signal])
    if (stop.signal.aborted) hurry.abort()
    stop.abort()
  })
}
let isServing = false
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (isServing) return
  // Whoever read our output has read enough.
  if (error.code === 'EPIPE') process.exit(EXIT.done)
  process.stderr.write(failureText(Object.assign(error, { path: 'standard output' }), process.env))
  process.exit(EXIT.failed)
})
// There is no other place to say so.
process.stderr.on('error', () => {})
process.on('uncaughtException', error => {
  process.stderr.write(failureText(error, process.env))
  process.exit(EXIT.failed)
})

const code = await main(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  stop: stop.signal,
  hurry: hurry.signal,
  serve: () => { isServing = true }
})
// What a library left running must not keep the shell waiting; what was written must get out first.
await Promise.all([process.stdout, process.stderr].map(async stream => { await new Promise(resolve => { stream.write('', resolve) }) }))
process.exit(code)
