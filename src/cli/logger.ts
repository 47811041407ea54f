/**
 * Logs, on stderr: JSON lines for machines, short lines for a terminal. Everything is handed a libp2p ComponentLogger and
 * scopes itself; libp2p's own errors are mostly peers that went away, so they count as debugging.
 */
import { formatWithOptions, inspect } from 'node:util'
import { destination, pino, type Level, type Logger as Pino } from 'pino'
import { printable, type OutputStream } from './output.ts'
import type { LogLevel } from './log-levels.ts'
import type { ComponentLogger, Logger } from '@libp2p/interface'

const OURS = /^posthouse\b/
const LINE_CHARACTERS_MAX = 2000
/** Bytes that wait while standard error takes none; further lines are lost. */
const WAITING_BYTES_MAX = 64 * 1024

export function createLogger (stream: OutputStream, level: LogLevel): ComponentLogger {
  const options = { level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label: string) => ({ level: label }) } }
  const root = pino(options, stream.isTTY === true || stream !== process.stderr ? { write: line => { stream.write(stream.isTTY === true ? readable(line) : line) } } : standardError())
  return { forComponent: name => scoped(root, name) }
}

/** At once, whatever becomes of the process; and whatever becomes of the lines, the process goes on. */
function standardError (): ReturnType<typeof destination> {
  return destination({ fd: 2, sync: true, maxLength: WAITING_BYTES_MAX }).on('error', () => {})
}

function scoped (root: Pino, scope: string): Logger {
  const ours = OURS.test(scope)
  const write = (level: Level) => (format: unknown, ...values: unknown[]): void => {
    if (root.isLevelEnabled(level)) root[level]({ scope }, formatted(format, values))
  }
  const log = write(ours ? 'info' : 'debug') as Logger
  log.error = write(ours ? 'warn' : 'debug')
  log.trace = write('trace')
  log.enabled = root.isLevelEnabled(ours ? 'info' : 'debug')
  log.newScope = name => scoped(root, `${scope}:${name}`)
  return log
}

/** libp2p's formatters beside those of util.format: %p, %a, %k, %c print, %b, %m, %t name bytes, %e is an error. */
function formatted (format: unknown, values: unknown[]): string {
  const rest = [...values]
  const shown: unknown[] = []
  const template = (format instanceof Error ? message(format) : String(format)).replace(/%([%a-zA-Z])/g, (whole, kind: string) => {
    if (kind === '%') return whole
    const value = rest.shift()
    if (kind === 'e') shown.push(message(value))
    else if ('pakc'.includes(kind)) shown.push(String(value))
    else if ('bmt'.includes(kind)) shown.push(value instanceof Uint8Array ? `${value.byteLength} bytes` : String(value))
    else { shown.push(value); return whole }
    return '%s'
  })
  return formatWithOptions({ depth: 2, breakLength: Infinity }, template, ...shown, ...rest.map(message)).slice(0, LINE_CHARACTERS_MAX)
}

function message (value: unknown): string {
  if (!(value instanceof Error)) return typeof value === 'string' ? value : inspect(value, { depth: 2, breakLength: Infinity })
  return `${value.name}: ${value.message}`
}

function readable (line: string): string {
  const { time, level, scope, msg } = JSON.parse(line) as { time: string, level: string, scope: string, msg: string }
  return `${time.slice(11, 19)} ${level.padEnd(5)} ${scope}: ${printable(msg)}\n`
}
