/** What the disk gave back changed: said in the log each time that it is met, and counted for the operator. */
import type { Logger } from '@libp2p/interface'

export class Damage {
  readonly #log: Logger
  #met = 0

  constructor (log: Logger) {
    this.#log = log
  }

  /** How often a stored value failed its checksum since the store was opened. */
  get met (): number {
    return this.#met
  }

  /** `name` is shortened: an id or key in a log need only be told apart. */
  meet (what: string, name: string): void {
    this.#met++
    this.#log.error('%s %s… fails its checksum and counts as missing', what, name.slice(0, 8))
  }
}
