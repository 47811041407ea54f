/** Which link watches which tags, found from both sides. */
import type { PresenceTag } from '../types.ts'

/** One device's session with this node, by any name that its owner gives it. */
export type LinkId = string

export class Watches {
  readonly #pairsMax: number
  readonly #tags = new Map<LinkId, ReadonlySet<PresenceTag>>()
  readonly #links = new Map<PresenceTag, Set<LinkId>>()
  #pairs = 0

  constructor (pairsMax: number) { this.#pairsMax = pairsMax }

  /** Replaces what the link watches; tells which tags are new to it, or nothing when there is no room. */
  replace (link: LinkId, tags: ReadonlySet<PresenceTag>): PresenceTag[] | undefined {
    const before = this.#tags.get(link) ?? new Set()
    if (this.#pairs - before.size + tags.size > this.#pairsMax) return undefined
    this.remove(link)
    this.#tags.set(link, tags)
    this.#pairs += tags.size
    for (const tag of tags) {
      const links = this.#links.get(tag)
      if (links === undefined) this.#links.set(tag, new Set([link]))
      else links.add(link)
    }
    return [...tags].filter(tag => !before.has(tag))
  }

  remove (link: LinkId): void {
    const tags = this.#tags.get(link) ?? new Set()
    this.#tags.delete(link)
    this.#pairs -= tags.size
    for (const tag of tags) {
      const links = this.#links.get(tag)
      links?.delete(link)
      if (links?.size === 0) this.#links.delete(tag)
    }
  }

  /** The links that watch the tag. */
  of (tag: PresenceTag): Iterable<LinkId> { return this.#links.get(tag) ?? [] }
}
