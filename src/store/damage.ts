/** What the disk gave back changed: said in the log when it is met, and counted for the operator. */
import type { MailboxId } from '../types.ts'
import type { Logger } from '@libp2p/interface'

/** Damaged envelopes that are known again. More are said each time that they are met. */
const KNOWN_MAX = 4096

export class Damage {
  readonly #log: Logger
  /** Mailboxes and positions. */
  readonly #known = new Set<string>()
  #met = 0

  constructor (log: Logger) {
    this.#log = log
  }

  /** How often a stored value failed its checksum since the store was opened; an envelope counts once. */
  get met (): number {
    return this.#met
  }

  /** An envelope was met, and everything has not been read since: others cannot put it back yet. */
  get stays (): boolean {
    return this.#known.size > 0
  }

  /** Everything was read, and what is damaged was let go of. */
  letGo (): void { this.#known.clear() }

  /** Said once: it may be read again and again until it is let go of. */
  meetEnvelope (mailbox: MailboxId, position: number): void {
    const place = `${mailbox} ${position}`
    if (this.#known.has(place)) return
    if (this.#known.size < KNOWN_MAX) this.#known.add(place)
    this.meet('an envelope of mailbox', mailbox)
  }

  /** `name` is shortened: an id or key in a log need only be told apart. */
  meet (what: string, name: string): void {
    this.#met++
    this.#log.error('%s %s… fails its checksum and counts as missing', what, name.slice(0, 8))
  }
}
