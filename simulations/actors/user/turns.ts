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
    if (this.#isTaking) {
      this.#waiting.push({ event, then })
      return
    }
    this.#isTaking = true
    this.#take(event)
    then?.()
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      this.#take(next.event)
      next.then?.()
    }
    this.#isTaking = false
  }
}
