/** The command line on a real pseudo-terminal (python3 makes one), and the screen as a terminal emulator shows it. */
import assert from 'node:assert/strict'
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import xterm from '@xterm/headless'
import { packageRoot } from '../../src/cli/package-root.ts'
import type { Writable } from 'node:stream'

const POLL_MS = 30
const TIMEOUT_MS = 30_000

/** Why there are no pseudo-terminals here; undefined when there are. */
export function noTerminals (): string | undefined {
  return spawnSync('python3', ['-c', 'import pty, os; os.waitstatus_to_exitcode']).status === 0 ? undefined : 'python3, which makes the pseudo-terminal, is not there'
}

export class Screen {
  readonly ended: Promise<number | null>
  readonly #child: ChildProcess
  readonly #terminal: InstanceType<typeof xterm.Terminal>

  constructor (args: readonly string[], { columns = 80, rows = 24 } = {}) {
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true })
    const program = [process.execPath, join(packageRoot(), 'bin', 'posthouse.js'), ...args]
    this.#child = spawn('python3', [join(packageRoot(), 'test', 'e2e', 'on-a-terminal.py'), String(columns), String(rows), ...program], {
      stdio: ['pipe', 'pipe', 'inherit', 'pipe'],
      env: { ...process.env, TERM: 'xterm-256color' }
    })
    this.#child.stdout?.on('data', (bytes: Uint8Array) => { this.#terminal.write(bytes) })
    this.ended = once(this.#child, 'close').then(([code]) => code as number | null)
  }

  press (keys: string): void {
    this.#child.stdin?.write(keys)
  }

  resize (columns: number, rows: number): void {
    this.#terminal.resize(columns, rows)
    ;(this.#child.stdio[3] as Writable).write(`${columns} ${rows}\n`)
  }

  /** What stands on the terminal now, row by row. */
  get text (): string {
    const { active } = this.#terminal.buffer
    return Array.from({ length: this.#terminal.rows }, (_, row) => active.getLine(active.baseY + row)?.translateToString(true, 0, this.#terminal.cols) ?? '').join('\n')
  }

  /** True while the screen lies over what was on the terminal before. */
  get isOver (): boolean { return this.#terminal.buffer.active.type === 'alternate' }

  /** Presses keys again and again until the screen of another shows it: what is only said now and then may get lost. */
  async pressUntil (keys: string, other: Screen, what: RegExp): Promise<void> {
    const pressing = setInterval(() => { this.press(keys) }, 300)
    try {
      await other.shows(what)
    } finally {
      clearInterval(pressing)
    }
  }

  /** Resolves when the screen shows it. */
  async shows (what: RegExp): Promise<void> {
    await this.is(text => what.test(text), String(what))
  }

  async is (holds: (text: string) => boolean, what: string): Promise<void> {
    const until = performance.now() + TIMEOUT_MS
    while (!holds(this.text)) {
      assert.ok(performance.now() < until, `${what} does not come; the screen shows\n${this.text}`)
      await delay(POLL_MS)
    }
  }

  async close (): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.ended
    this.#terminal.dispose()
  }
}
