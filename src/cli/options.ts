/** Options that several commands share, and what their values must look like. A wrong value is wrong usage. */
import { InvalidArgumentError, Option, type Command } from 'commander'
import { UsageError, isNamed } from './failures.ts'
import { LOG_LEVELS, type LogLevel } from './log-levels.ts'
import type { Component } from '@multiformats/multiaddr'

export interface SharedOptions {
  data?: string
  json?: true
  logLevel?: LogLevel
  network?: string
}

export interface UserOptions extends SharedOptions {
  bootstrap?: string[]
  passphrase?: true
  passphraseFile?: string
}

/**
 * For every command. They stand before or after the command's name; what stands before wins, so that place must not
 * listen to the environment.
 */
export function addSharedOptions (command: Command, { environment = true } = {}): Command {
  const from = (option: Option, variable: string): Option => environment ? orFrom(variable, option) : option
  command.optionsGroup('For every command:')
  command
    .addOption(from(new Option('--data <dir>', 'data directory (default: the platform’s own)').argParser(parseDirectory), 'POSTHOUSE_DATA'))
    .addOption(new Option('--json', 'one JSON object a line on standard output'))
    .addOption(from(new Option('--log-level <level>', 'what goes to standard error').choices(LOG_LEVELS), 'POSTHOUSE_LOG'))
    .addOption(from(new Option('--network <name>', 'a network apart from the public one'), 'POSTHOUSE_NETWORK'))
  return command.optionsGroup('Options:')
}

/** For commands that may have to open the user's store. */
export function addUserOptions (command: Command): Command {
  return addSharedOptions(command)
    .addOption(bootstrapOption())
    .addOption(new Option('--passphrase', 'the key is encrypted: ask for its passphrase (or set POSTHOUSE_PASSPHRASE)'))
    .addOption(new Option('--passphrase-file <file>', 'read the passphrase from the first line of a file'))
}

export function bootstrapOption (): Option {
  return orFrom('POSTHOUSE_BOOTSTRAP', new Option('--bootstrap <multiaddr>', 'a node to begin with; may be given several times').argParser(collect))
}

/** The option may stand in the environment instead. An empty variable counts as one that is not set. */
export function orFrom (variable: string, option: Option): Option {
  return process.env[variable] === '' ? option : option.env(variable)
}

/** An option that may be given several times; an environment variable separates by spaces or commas. */
export function collect (value: string, earlier: string[] | undefined): string[] {
  const parts = value.split(/[\s,]+/).filter(part => part !== '')
  if (parts.length === 0) throw new InvalidArgumentError('It is empty.')
  return [...earlier ?? [], ...parts]
}

/** Throws UsageError for the first value that does not name the node that must answer. */
export async function checkPeers (option: string, values: readonly string[]): Promise<void> {
  for (const value of values) {
    const components = await componentsOf(value)
    if (components === undefined) throw new UsageError(`${option} takes a multiaddr like /ip4/127.0.0.1/tcp/4501/p2p/12D3KooW…, not “${value}”`)
    const last = components.at(-1)
    if (last?.name !== 'p2p' || !await isPeerId(last.value)) throw new UsageError(`${option} must say which node answers: “${value}” does not end in /p2p/12D3KooW…`)
  }
}

/** Throws UsageError for the first value that no node can listen on. */
export async function checkListen (values: readonly string[]): Promise<void> {
  for (const value of values) {
    const names = (await componentsOf(value) ?? []).map(({ name }) => name)
    if (names.includes('p2p')) throw new UsageError(`--listen says where, not who: leave /p2p/… out of “${value}”`)
    if (names.includes('tls') || names.includes('wss')) throw new UsageError(`a node speaks no TLS itself: listen on …/ws instead of “${value}”, and put a proxy that speaks TLS in front`)
    if (!LISTENABLE.test(names.join('/'))) throw new UsageError(`--listen takes a multiaddr like /ip4/0.0.0.0/tcp/4501 or /ip4/0.0.0.0/tcp/4502/ws, not “${value}”`)
  }
}

/** Of the names in a multiaddr: TCP, and WebSocket on it. */
const LISTENABLE = /^(ip6zone\/)?(ip[46]|dns[46]?)\/tcp(\/ws)?$/

/** Undefined for what is no multiaddr. */
async function componentsOf (value: string): Promise<Component[] | undefined> {
  const { multiaddr } = await import('@multiformats/multiaddr')
  try {
    return multiaddr(value).getComponents()
  } catch {
    // The caller says what it should be.
    return undefined
  }
}

async function isPeerId (value = ''): Promise<boolean> {
  const { peerIdFromString } = await import('@libp2p/peer-id')
  try {
    return peerIdFromString(value).type === 'Ed25519'
  } catch {
    // What no key can be read from is nobody's id.
    return false
  }
}

/** What `parse` cannot read on the command line is wrong usage, in its own words. */
export function fromCommandLine<T> (parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    throw isNamed(error, 'MalformedError') ? new UsageError(error.message) : error
  }
}

/** A `did:key` user id. Throws UsageError. */
export async function checkUserId (value: string): Promise<string> {
  const { parseUserId } = await import('../identity/index.ts')
  try {
    parseUserId(value)
    return value
  } catch (error) {
    throw new UsageError(`“${value.slice(0, 80)}” is not a user: ${(error as Error).message}`)
  }
}

/** An empty path would be the current directory. */
function parseDirectory (value: string): string {
  if (value === '') throw new InvalidArgumentError('It is empty.')
  return value
}

/** For options that name a message. */
export function parseMessageId (value: string): string {
  if (!/^[0-9a-f]{32}$/.test(value)) throw new InvalidArgumentError('A message id has 32 hexadecimal digits.')
  return value
}
