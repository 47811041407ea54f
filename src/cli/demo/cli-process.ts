/**
 * The command line as its users run it: a process of its own, with --json. It dies with the process that started it, even by
 * SIGKILL: the launcher sees to that through the ipc channel.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { CommandFailedError } from '../failures.ts'
import { packageRoot } from '../package-root.ts'

export interface Ending { code: number | null, signal: NodeJS.Signals | null, stderr: string }

export interface CliProcessInit {
  /** What it finds on its standard input. */
  input?: string
  env?: Record<string, string>
  /** Told what it writes to its standard error, as it comes. */
  complains?: (text: string) => void
}

/** What is kept of a process's complaints. */
const STDERR_CHARACTERS_MAX = 16_384

export class CliProcess {
  readonly ended: Promise<Ending>
  readonly #child: ChildProcess
  readonly #name: string
  readonly #lines: AsyncIterator<string>
  #stderr = ''

  /** name: for sentences, such as “node Ash”. */
  constructor (name: string, args: readonly string[], { input = '', env = {}, complains = () => {} }: CliProcessInit = {}) {
    this.#name = name
    // A group of its own: Ctrl-C reaches the demo alone, which then ends everything in order.
    const child = spawn(process.execPath, [join(packageRoot(), 'bin', 'posthouse.js'), ...args, '--json'], {
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
      env: { ...ownEnvironment(), ...env }
    })
    // A process that ends without reading it has its own reasons.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
    this.#child = child
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.#stderr = (this.#stderr + chunk).slice(-STDERR_CHARACTERS_MAX)
      complains(chunk)
    })
    this.#lines = createInterface({ input: child.stdout ?? process.stdin })[Symbol.asyncIterator]()
    this.ended = once(child, 'close').then(([code, signal]) => ({ code: code as number | null, signal: signal as NodeJS.Signals | null, stderr: this.#stderr }))
  }

  get pid (): number { return this.#child.pid ?? 0 }

  /** The next object that it prints. Rejects with what it said when it ends before. */
  async next<T> (): Promise<T> {
    const { value, done } = await this.#lines.next()
    if (done !== true) return JSON.parse(value) as T
    throw this.#failed(await this.ended)
  }

  /** Everything else that it prints, however it ends. */
  async objects<T> (): Promise<T[]> {
    const objects: T[] = []
    for (let line = await this.#lines.next(); line.done !== true; line = await this.#lines.next()) objects.push(JSON.parse(line.value) as T)
    return objects
  }

  /** The same; rejects with what it said when it does not end well. */
  async all<T> (): Promise<T[]> {
    const objects = await this.objects<T>()
    const ending = await this.ended
    if (ending.code !== 0) throw this.#failed(ending)
    return objects
  }

  /** Resolves when the process is gone. */
  async kill (signal: NodeJS.Signals): Promise<Ending> {
    this.#child.kill(signal)
    return await this.ended
  }

  #failed ({ code, signal, stderr }: Ending): CommandFailedError {
    return new CommandFailedError(`${this.#name} ended with ${signal ?? `exit code ${code}`}: ${stderr.trim().split('\n').at(-1) ?? ''}`)
  }
}

/** Settings of the person who looks on must not reach the actors. */
function ownEnvironment (): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('POSTHOUSE_')))
}
