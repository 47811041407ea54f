/** Something happened since you last looked. Happenings are not counted, so nothing piles up while nobody looks. */
export class Signpost {
  #isPointed = false
  #wake: () => void = () => {}

  point (): void {
    this.#isPointed = true
    this.#wake()
  }

  /** Resolves with true when something happened, at once if that was before; with false when the signal aborts. */
  async pointed (signal: AbortSignal): Promise<boolean> {
    if (!this.#isPointed && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      signal.addEventListener('abort', resolve as () => void, { once: true })
      await promise
      signal.removeEventListener('abort', resolve as () => void)
    }
    if (signal.aborted) return false
    this.#isPointed = false
    return true
  }
}
