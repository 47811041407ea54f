/** What the world gives a command: its streams, its environment, and the wish to stop. Tests bring their own. */
import type { OutputStream } from './output.ts'
import type { Readable } from 'node:stream'

export interface Io {
  stdin: Readable & { isTTY?: boolean, setRawMode?: (raw: boolean) => unknown }
  stdout: OutputStream
  stderr: OutputStream
  env: NodeJS.ProcessEnv
  /** Aborts at the first SIGHUP, SIGINT or SIGTERM. */
  stop: AbortSignal
  /** Aborts at the second, if somebody listens; otherwise the process ends then. */
  hurry: AbortSignal
  /** Said by what others rely on: from then on the process outlives whoever reads its output, and a full disk under it. */
  serve: () => void
}
