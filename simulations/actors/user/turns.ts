/**
 * Events of one core, each after the effects of the one before. The shipped services get this from promises: what an
 * effect leads to comes later than the other effects of its event, never in the middle of them.
 */
export class Turns<Event> {
  readonly #take: (event: Event) => void
  readonly #waiting: Array<{ event: Event, then: (() => void) | undefined }> = []
  #isTaking = false

  constructor (take: (event: Event) => void) { this.#take = take }

  /** then: called when the event's effects are done. */
  handle (event: Event, then?: () => void): void {
    this.#waiting.push({ event, then })
    if (this.#isTaking) return
    this.#isTaking = true
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      this.#take(next.event)
      next.then?.()
    }
    this.#isTaking = false
  }
}
