/**
 * The recovery phrase: 24 English words (BIP-39), the only home of the root key. Whoever has it is the user.
 */
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { fromString } from 'uint8arrays/from-string'
import { withArrayBuffer } from 'uint8arrays/with-array-buffer'
import { MalformedError } from '../errors.ts'
import type { Random } from '../ports.ts'
import type { Bytes } from '../types.ts'

const WORDS = 24
const ENTROPY_BYTES = 32
const SEED_BYTES = 32
const ROOT_INFO = fromString('posthouse/root/1')
const BACKUP_INFO = fromString('posthouse/backup-key/1')
/** Wrong words that one sentence names; more than these, and it is not a phrase with a slip. */
const WORDS_NAMED = 3

/** 24 words with 256 bits of chance, separated by single spaces. */
export function newPhrase (random: Pick<Random, 'bytes'>): string {
  return entropyToMnemonic(random.bytes(ENTROPY_BYTES), wordlist)
}

/**
 * The root key's seed: HKDF-SHA-256 of the phrase's entropy. Case and white space do not matter. Throws MalformedError
 * with a sentence that names what is wrong: how many words, which words, or that they do not fit together.
 */
export function rootSeedFromPhrase (phrase: string): Bytes {
  return derive(phrase, ROOT_INFO)
}

/** The seed of the key that backups are sealed to: devices keep its public half only. Throws as above. */
export function backupSeedFromPhrase (phrase: string): Bytes {
  return derive(phrase, BACKUP_INFO)
}

function derive (phrase: string, info: Uint8Array): Bytes {
  const words = phrase.normalize('NFKD').toLowerCase().split(/\s+/).filter((word) => word !== '')
  if (words.length !== WORDS) throw new MalformedError(`a recovery phrase has ${WORDS} words, not ${words.length}`)
  const wrong = words.flatMap((word, at) => wordlist.includes(word) ? [] : [`word ${at + 1} (“${word.slice(0, 20)}”${suggestion(word)})`])
  if (wrong.length > 0) throw new MalformedError(`the recovery phrase is mistyped: ${listed(wrong)} ${wrong.length === 1 ? 'is' : 'are'} not in the word list`)
  return withArrayBuffer(hkdf(sha256, entropyOf(words), undefined, info, SEED_BYTES))
}

function entropyOf (words: string[]): Uint8Array {
  try {
    return mnemonicToEntropy(words.join(' '), wordlist)
  } catch (error) {
    throw new MalformedError('the recovery phrase is mistyped: its words do not fit together, so one of them is wrong or two have changed places', { cause: error })
  }
}

/** No two words of the list share their first four letters, so these say which one was meant. */
function suggestion (word: string): string {
  const meant = wordlist.find((candidate) => candidate.slice(0, 4) === word.slice(0, 4))
  return meant == null ? '' : `, perhaps “${meant}”`
}

function listed (wrong: string[]): string {
  const more = wrong.length - WORDS_NAMED
  return wrong.slice(0, WORDS_NAMED).join(' and ') + (more > 0 ? ` and ${more} more` : '')
}
