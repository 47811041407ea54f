// A component logger whose lines a test can read.
import { format } from 'node:util'
import type { ComponentLogger, Logger } from '@libp2p/interface'

export interface TestLog { logger: ComponentLogger, lines: string[] }

/** Keeps what the relay logs; everybody else logs as before. */
export function logOf (rest: ComponentLogger): TestLog {
  const lines: string[] = []
  const write = (...given: [unknown, ...unknown[]]): void => { lines.push(format(...given)) }
  const log: Logger = Object.assign(write, { error: write, trace: () => {}, enabled: true, newScope: () => log })
  return { lines, logger: { forComponent: name => name === 'posthouse:relay' ? log : rest.forComponent(name) } }
}
