/** A libp2p logger that keeps what it was told. */
import { format } from 'node:util'
import type { Logger } from '@libp2p/interface'

export type RecordingLog = Logger & { lines: string[], next: () => Promise<void> }

export function recordingLog (): RecordingLog {
  const lines: string[] = []
  let wake = Promise.withResolvers<void>()
  const take = (template: unknown, ...values: unknown[]): void => {
    lines.push(format(template, ...values))
    wake.resolve()
    wake = Promise.withResolvers<void>()
  }
  const log = take as RecordingLog
  log.error = take
  log.trace = take
  log.enabled = true
  log.newScope = () => log
  log.lines = lines
  log.next = async () => { if (lines.length === 0) await wake.promise }
  return log
}
