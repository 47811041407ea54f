/** Whoever was once told a user's route is never told an older one: per resolver and user, orders never fall. */
import { compareOrder } from '../../src/identity/order.ts'
import { Breaches, short } from './breaches.ts'
import type { Check, Verdict } from './check.ts'
import type { Resolver, Witness } from './witness.ts'
import type { Order, RootKey } from '../../src/types.ts'

export class RouteNeverFalls implements Check {
  readonly #highest = new Map<Resolver, Map<RootKey, Order>>()
  readonly #breaches = new Breaches()
  #answers = 0

  resolved ({ at, resolver, root, order }: Parameters<Witness['resolved']>[0]): void {
    if (order === undefined) return
    this.#answers++
    let orders = this.#highest.get(resolver)
    if (orders === undefined) this.#highest.set(resolver, orders = new Map())
    const highest = orders.get(root)
    if (highest === undefined || compareOrder(order, highest) >= 0) orders.set(root, order)
    else this.#breaches.add(at, () => `${short(resolver)} was told route ${order.epoch}.${order.seq} of ${short(root)} after ${highest.epoch}.${highest.seq}`)
  }

  verdict (): Verdict { return this.#breaches.verdict('route-never-falls', this.#answers, 'older routes told') }
}
