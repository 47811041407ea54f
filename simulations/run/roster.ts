/** A set to pick from by chance: its members lie in an array, in an order that depends on nothing but what was done to it. */
export class Roster<T> {
  readonly #members: T[] = []
  readonly #places = new Map<T, number>()

  get members (): readonly T[] { return this.#members }

  has (member: T): boolean { return this.#places.has(member) }

  add (member: T): void {
    if (this.#places.has(member)) return
    this.#places.set(member, this.#members.length)
    this.#members.push(member)
  }

  /** The last one takes the place. */
  delete (member: T): void {
    const place = this.#places.get(member)
    if (place === undefined) return
    const last = this.#members.pop() as T
    this.#places.delete(member)
    if (last === member) return
    this.#members[place] = last
    this.#places.set(last, place)
  }
}
