/** Whatever takes over a second shows that it goes on: on stderr, and only to a person. */
import { CLI_DEFAULTS } from './defaults.ts'
import type { Io } from './io.ts'

export interface Progress { say: (text: string) => void }

/** Performs `work`; past the first second a spinner with the text that was last said turns beside it. */
export async function withProgress<T> (io: Pick<Io, 'stderr'>, text: string, work: (progress: Progress) => Promise<T>): Promise<T> {
  if (io.stderr.isTTY !== true) return await work({ say: () => {} })
  const { default: createSpinner } = await import('yocto-spinner')
  // The command decides what a signal means, not its spinner.
  const spinner = createSpinner({ text, stream: io.stderr, handleSignals: false })
  const timer = setTimeout(() => { spinner.start() }, CLI_DEFAULTS.progressAfterMs)
  try {
    return await work({ say: said => { spinner.text = said } })
  } finally {
    clearTimeout(timer)
    spinner.stop()
  }
}
