/** The passphrase of the device key: from a file, from the environment, or asked on a terminal; never an argument. */
import { PassphraseError } from '../errors.ts'
import { readKeyFile } from '../node/key-file.ts'
import { UsageError, isNamed } from './failures.ts'
import { askSecret, readSecretFile } from './prompts.ts'
import type { CommandContext } from './context.ts'
import type { UserOptions } from './options.ts'

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

/** Asks as many times as there are questions; the answers must agree. */
async function givenPassphrase ({ io, options }: Context, questions: readonly string[]): Promise<string | undefined> {
  if (options.passphraseFile !== undefined) return await readSecretFile(options.passphraseFile)
  const fromEnvironment = io.env['POSTHOUSE_PASSPHRASE']
  if (fromEnvironment !== undefined && fromEnvironment !== '') return fromEnvironment
  if (options.passphrase !== true) return undefined
  if (io.stdin.isTTY !== true) throw new UsageError('--passphrase asks on a terminal: without one, use --passphrase-file or POSTHOUSE_PASSPHRASE')
  const answers = new Set<string>()
  for (const question of questions) answers.add(await askSecret(io, question))
  if (answers.size > 1) throw new PassphraseError('the two passphrases differ')
  return [...answers][0]
}
