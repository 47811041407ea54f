/**
 * Words that are worth something at this moment only: that somebody is typing. They go to the other user's devices that
 * are online, and no node ever keeps them. What they say is encrypted under a secret of the conversation's group, inside
 * the outer seal that every envelope has, so that nodes see no more of them than that something small went by
 * (docs/protocol.md, "Whispers").
 *
 *   author's root key 32 ‖ nonce 12 ‖ AES-256-GCM(author's clock u64; aad: author's and reader's root keys)
 */
import { concat } from 'uint8arrays/concat'
import { toString } from 'uint8arrays/to-string'
import { withArrayBuffer } from 'uint8arrays/with-array-buffer'
import { keyBytes, rootKeyFromBytes } from '../identity/index.ts'
import { openEnvelope } from '../wire/envelope.ts'
import { LIMITS } from '../wire/limits.ts'
import { CLIENT_DEFAULTS } from './defaults.ts'
import { FORMAT, openSealed, sealMessage } from './sealing/index.ts'
import type { Clock, Crypto, Random } from '../ports.ts'
import type { Bytes, ConversationId, MessageId, Millis, RootKey } from '../types.ts'
import type { Account } from './account.ts'
import type { Contacts } from './contacts.ts'
import type { Groups } from './groups/port.ts'
import type { Links } from './session/service.ts'
import type { Logger } from '@libp2p/interface'

export interface WhispersComponents {
  account: Account
  contacts: Contacts
  groups: Pick<Groups, 'exportSecret'>
  links: Links
  crypto: Crypto
  clock: Clock
  random: Random
  log: Logger
  /** This user is typing, in the conversation with us. */
  typing: (from: RootKey) => void
}

const LABEL = 'posthouse/typing/1'
const AT = Object.freeze({ nonce: 32, sealed: 44 })
const KEY_BYTES = 32
const NONCE_BYTES = 12
const ID_BYTES = 16
const TIME_BYTES = 8

export class Whispers {
  readonly #components: WhispersComponents
  /** When it was last said, by conversation, and the author's clock of what was last heard, by author. */
  readonly #said = new Map<ConversationId, Millis>()
  readonly #heard = new Map<RootKey, Millis>()
  #opening = 0

  constructor (components: WhispersComponents) { this.#components = components }

  /** Says so, unless that was just said; nobody misses it when it cannot be said. */
  typing (conversation: ConversationId): void {
    const { clock, account, log } = this.#components
    const now = clock.now()
    if (conversation === account.root || now - (this.#said.get(conversation) ?? -Infinity) < CLIENT_DEFAULTS.typingIntervalMs) return
    remember(this.#said, conversation, now)
    this.#say(conversation, now).catch((error: Error) => { log('that we are typing was not said: %s', error.message) })
  }

  /** What a node pushed; a forged or foreign one is one log line. */
  heard (bytes: Bytes): void {
    // Each costs a decapsulation: what comes faster than they open is let go.
    if (this.#opening >= CLIENT_DEFAULTS.whispersAtOnce) return
    this.#opening++
    this.#open(bytes)
      .catch((error: Error) => { this.#components.log('a whisper was refused: %s', error.message) })
      .finally(() => { this.#opening-- })
  }

  async #say (to: ConversationId, now: Millis): Promise<void> {
    const { account, contacts, groups, links, crypto, random } = this.#components
    const [session] = links.sessions
    const target = await contacts.sealingKey(to)
    const secret = target === undefined ? undefined : await groups.exportSecret(to, LABEL, KEY_BYTES)
    if (session === undefined || target === undefined || secret === undefined) return
    const time = new Uint8Array(TIME_BYTES)
    new DataView(time.buffer).setBigUint64(0, BigInt(now))
    const nonce = random.bytes(NONCE_BYTES)
    const sealed = await globalThis.crypto.subtle.encrypt(algorithm(nonce, account.root, to), await importKey(secret), time)
    const whole = concat([keyBytes(account.root), nonce, new Uint8Array(sealed)])
    const messageId = toString(random.bytes(ID_BYTES), 'base16') as MessageId
    const expiry = Math.floor((now + CLIENT_DEFAULTS.whisperLifeMs) / 1000)
    const [envelope] = await sealMessage(whole, { format: FORMAT.whisper, messageId, key: target.key, mailbox: target.record.mailbox, expiry }, crypto)
    if (envelope !== undefined) session.whisper(envelope.bytes)
  }

  async #open (bytes: Bytes): Promise<void> {
    const { account, groups, clock, crypto, typing } = this.#components
    const envelope = openEnvelope(bytes, crypto)
    if (envelope.mailbox !== account.mailbox) return
    const opening = await openSealed(envelope, account.openingKeys)
    if (opening.type !== 'fragment' || opening.fragment.format !== FORMAT.whisper || opening.fragment.count !== 1) return
    const { chunk } = opening.fragment
    if (chunk.byteLength < AT.sealed) return
    const from = rootKeyFromBytes(chunk.slice(0, AT.nonce))
    const secret = from === account.root ? undefined : await groups.exportSecret(from, LABEL, KEY_BYTES)
    if (secret === undefined) return
    const time = await globalThis.crypto.subtle.decrypt(algorithm(chunk.subarray(AT.nonce, AT.sealed), from, account.root), await importKey(secret), withArrayBuffer(chunk.subarray(AT.sealed)))
    const saidAt = Number(new DataView(time).getBigUint64(0))
    // A node could say it again and again.
    if (Math.abs(clock.now() - saidAt) > LIMITS.clockAheadMs || saidAt <= (this.#heard.get(from) ?? 0)) return
    remember(this.#heard, from, saidAt)
    typing(from)
  }
}

function algorithm (nonce: Uint8Array, from: RootKey, to: RootKey): AesGcmParams {
  return { name: 'AES-GCM', iv: withArrayBuffer(nonce), additionalData: concat([keyBytes(from), keyBytes(to)]) }
}

async function importKey (secret: Bytes): Promise<CryptoKey> {
  return await globalThis.crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['encrypt', 'decrypt'])
}

/** The longest unused go. */
function remember (times: Map<RootKey, Millis>, of: RootKey, at: Millis): void {
  times.delete(of)
  times.set(of, at)
  for (const oldest of times.keys()) {
    if (times.size <= CLIENT_DEFAULTS.cachedContacts) break
    times.delete(oldest)
  }
}
