/** Which of the records that are known of a user counts: the newest, by epoch and then by sequence number. */
import type { RouteRecord } from '../types.ts'

/** Whether the record is newer than the one that a deposit was made by. */
export function isNewer (route: RouteRecord, epoch: number, seq: number): boolean {
  return route.order.epoch !== epoch ? route.order.epoch > epoch : route.order.seq > seq
}

/** The newer of two; the first when they are of one moment. */
export function newestRoute (one: RouteRecord | undefined, other: RouteRecord | undefined): RouteRecord | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return isNewer(other, one.order.epoch, one.order.seq) ? other : one
}
