/** Passphrases, of the device key and of exported files: from a file, from the environment, or asked on a terminal; never an argument. */
import { PassphraseError } from '../errors.ts'
import { readKeyFile } from '../node/key-file.ts'
import { UsageError, isNamed } from './failures.ts'
import { askSecret, readSecretFile } from './prompts.ts'
import type { CommandContext } from './context.ts'
import type { Io } from './io.ts'
import type { UserOptions } from './options.ts'

export interface ExportPassphraseOptions { exportPassphraseFile?: string }

type Context = Pick<CommandContext<UserOptions>, 'io' | 'options' | 'places'>

/** The seed of the user's device key. */
export async function readDeviceKey (context: Context): Promise<Uint8Array> {
  const { io, places } = context
  const given = await givenPassphrase(context, ['passphrase of your key: '])
  try {
    return await readKeyFile(places.user.key, given)
  } catch (error) {
    if (!isNamed(error, 'PassphraseError') || given !== undefined) throw error
    if (io.stdin.isTTY !== true) throw new PassphraseError('your key is encrypted: give its passphrase by --passphrase-file or POSTHOUSE_PASSPHRASE')
    return await readKeyFile(places.user.key, await askSecret(io, 'passphrase of your key: '))
  }
}

/** What a new key is to be encrypted with, or undefined. */
export async function newPassphrase (context: Context): Promise<string | undefined> {
  return await givenPassphrase(context, ['passphrase for your key: ', 'again: '])
}

/** What an exported file is, or is to be, encrypted with: another secret than the key's. isNew: asked twice. */
export async function exportPassphrase ({ io, options }: { io: Io, options: ExportPassphraseOptions }, { isNew }: { isNew: boolean }): Promise<string> {
  const passphrase = await passphraseFrom(io, {
    file: options.exportPassphraseFile,
    variable: 'POSTHOUSE_EXPORT_PASSPHRASE',
    questions: isNew ? ['passphrase for the file: ', 'again: '] : ['passphrase of the file: '],
    refusal: 'give the passphrase of the file by --export-passphrase-file or POSTHOUSE_EXPORT_PASSPHRASE: there is no terminal to ask on'
  })
  if (passphrase.trim() === '') throw new UsageError('the passphrase of the file is empty')
  return passphrase
}

/** Asked only when an option says so. */
async function givenPassphrase ({ io, options }: Context, questions: readonly string[]): Promise<string | undefined> {
  const isGiven = options.passphraseFile !== undefined || (io.env['POSTHOUSE_PASSPHRASE'] ?? '') !== ''
  if (!isGiven && options.passphrase !== true) return undefined
  return await passphraseFrom(io, {
    file: options.passphraseFile,
    variable: 'POSTHOUSE_PASSPHRASE',
    questions,
    refusal: '--passphrase asks on a terminal: without one, use --passphrase-file or POSTHOUSE_PASSPHRASE'
  })
}

/** Asks as many times as there are questions; the answers must agree. */
async function passphraseFrom (io: Io, { file, variable, questions, refusal }: { file: string | undefined, variable: string, questions: readonly string[], refusal: string }): Promise<string> {
  if (file !== undefined) return await readSecretFile(file)
  const fromEnvironment = io.env[variable]
  if (fromEnvironment !== undefined && fromEnvironment !== '') return fromEnvironment
  if (io.stdin.isTTY !== true) throw new UsageError(refusal)
  const answers = new Set<string>()
  for (const question of questions) answers.add(await askSecret(io, question))
  if (answers.size > 1) throw new PassphraseError('the two passphrases differ')
  return [...answers][0] ?? ''
}
