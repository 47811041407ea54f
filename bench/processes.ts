/** Child processes and directories of one run: all of them end with it, however it ends. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Call, Callable, Reply } from './calls.ts'

/** A call that takes longer than this has hung. */
const CALL_TIMEOUT_MS = 120_000

/** A file of this folder that is run as a process: as compiled, or as source under a loader. */
export function scriptOf (module: string): string {
  return fileURLToPath(new URL(`./${module}${extname(import.meta.url)}`, import.meta.url))
}

/** A process that answers `calls.ts`. */
export class Process<Calls extends Callable> {
  readonly #child: ChildProcess
  readonly #name: string
  readonly #waiting = new Map<number, { resolve: (result: never) => void, reject: (error: Error) => void }>()
  #calls = 0

  /** module: as for `scriptOf`, with the arguments and flags of Node that it is started with. */
  constructor (module: string, args: readonly string[] = [], execArgv: readonly string[] = []) {
    this.#name = module
    this.#child = fork(scriptOf(module), args, { execArgv: ['--expose-gc', ...process.execArgv, ...execArgv], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    this.#child.on('message', ({ call, result, failure }: Reply) => {
      const waiting = this.#waiting.get(call)
      this.#waiting.delete(call)
      if (failure === undefined) waiting?.resolve(result as never)
      else waiting?.reject(new Error(`${module}: ${failure}`))
    })
    this.#child.on('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${module} ended with ${signal ?? code}`))
      this.#waiting.clear()
    })
  }

  async call<Name extends keyof Calls & string> (name: Name, ...[argument]: Parameters<Calls[Name]>): Promise<Awaited<ReturnType<Calls[Name]>>> {
    const call = ++this.#calls
    const timeout = AbortSignal.timeout(CALL_TIMEOUT_MS)
    return await new Promise((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject })
      timeout.addEventListener('abort', () => { reject(new Error(`${this.#name} did not finish ${name} within ${CALL_TIMEOUT_MS / 1000} s`)) }, { once: true })
      this.#child.send({ call, name, argument } satisfies Call, error => { if (error !== null) reject(error) })
    })
  }

  /** Ends the process by taking its channel away. */
  async end (): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = once(this.#child, 'exit')
    if (this.#child.connected) this.#child.disconnect()
    else this.#child.kill('SIGKILL')
    await gone
  }
}

/** Does something with a directory of its own on the disk that temporary files are on. */
export async function withDirectory<T> (use: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'posthouse-bench-'))
  try {
    return await use(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
