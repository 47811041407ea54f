/**
 * What will happen in a run of real nodes, decided before it begins: who comes, who is killed, who is back when, who
 * writes to whom. All of it comes from the seed. When a thing really happens, and in which order two at the same
 * moment do, is up to the machine: real time does not repeat itself.
 */
import { draw, rest } from '../churn/durations.ts'
import { Chance } from '../world/chance.ts'
import { REAL_DEFAULTS } from './defaults.ts'

/** at: ms from the beginning of the traffic. Nodes and users are numbered in the order in which they first appear. */
export type PlannedEvent = { at: number } & (
  | { type: 'leave', node: number, forGood: boolean }
  /** For the first time, or again. */
  | { type: 'arrive', node: number }
  /** For the first time, or again. */
  | { type: 'on', user: number }
  | { type: 'off', user: number }
  | { type: 'renew', user: number }
  | { type: 'write', from: number, to: number }
)

export interface Plan {
  /** Nodes that are there when the traffic begins, and all there will ever be. */
  nodesAtFirst: number
  nodes: number
  usersAtFirst: number
  users: number
  durationMs: number
  /** In order of time. */
  events: PlannedEvent[]
}

export interface PlanInit { seed: string, nodes: number, users: number, durationMs: number, messages: number }

export function makePlan ({ seed, nodes, users, durationMs, messages }: PlanInit): Plan {
  const chance = new Chance(`real/${seed}`)
  const machines = planMachines(nodes, durationMs, chance.split('nodes'))
  const people = planPeople(users, durationMs, chance.split('users'))
  const letters = planLetters(users, people.stays, messages, durationMs, chance.split('messages'))
  const events = [...machines.events, ...people.events, ...letters].sort((a, b) => a.at - b.at)
  return { nodesAtFirst: nodes, nodes: machines.count, usersAtFirst: people.atFirst, users, durationMs, events }
}

/** The people to whom somebody writes first. */
export function contactsOf (user: number, users: number): number[] {
  return Array.from({ length: REAL_DEFAULTS.contacts }, (_, n) => (user + 1 + n) % users).filter(contact => contact !== user)
}

/** Each place is filled all the time but for absences: by the same node again, or by a newcomer. */
function planMachines (places: number, durationMs: number, chance: Chance): { events: PlannedEvent[], count: number } {
  const { session, absence, absenceMsMin, goodbyes, bootstrapNodes } = REAL_DEFAULTS
  const events: PlannedEvent[] = []
  let count = places
  for (let place = 0; place < places; place++) {
    const own = chance.split(String(place))
    let node = place
    // As somebody meets a network that has been there for long.
    let at = rest(session, own)
    while (at < durationMs) {
      const forGood = place >= bootstrapNodes && own.happens(goodbyes)
      events.push({ at, type: 'leave', node, forGood })
      at += Math.max(absenceMsMin, draw(absence, own))
      if (at >= durationMs) break
      if (forGood) node = count++
      events.push({ at, type: 'arrive', node })
      at += draw(session, own)
    }
  }
  return { events, count }
}

/** When somebody has the device on. */
interface Stay { user: number, from: number, to: number, isFirst: boolean }

function planPeople (users: number, durationMs: number, chance: Chance): { events: PlannedEvent[], stays: Stay[], atFirst: number } {
  const { on, off, usersAtFirst, renewal } = REAL_DEFAULTS
  const atFirst = Math.max(2, Math.round(users * usersAtFirst))
  const events: PlannedEvent[] = []
  const stays: Stay[] = []
  for (let user = 0; user < users; user++) {
    const own = chance.split(String(user))
    let at = user < atFirst ? 0 : own.fraction() * durationMs / 2
    if (at > 0) events.push({ at, type: 'on', user })
    let isFirst = true
    while (at < durationMs) {
      // The first user is always there, so that there is always somebody who can write.
      const stay: Stay = { user, from: at, to: user === 0 ? durationMs : Math.min(durationMs, at + draw(on, own)), isFirst }
      isFirst = false
      stays.push(stay)
      for (let renewAt = at + draw(renewal, own); renewAt < stay.to; renewAt += draw(renewal, own)) events.push({ at: renewAt, type: 'renew', user })
      if (stay.to >= durationMs) break
      events.push({ at: stay.to, type: 'off', user })
      at = stay.to + draw(off, own)
      if (at < durationMs) events.push({ at, type: 'on', user })
    }
  }
  return { events, stays, atFirst }
}

/** Whoever writes is on; whoever is written to has joined. */
function planLetters (users: number, stays: Stay[], messages: number, durationMs: number, chance: Chance): PlannedEvent[] {
  const { answers, settlingInMs } = REAL_DEFAULTS
  const joinedAt = new Map(stays.filter(({ isFirst }) => isFirst).map(({ user, from }) => [user, from === 0 ? 0 : from + settlingInMs]))
  const times = Array.from({ length: messages }, () => chance.fraction() * durationMs).sort((a, b) => a - b)
  const lastWriter = new Map<number, number>()
  return times.map((at): PlannedEvent => {
    const isThere = (user: number): boolean => (joinedAt.get(user) ?? Infinity) <= at
    const from = chance.pick(stays.filter(({ user, from, to }) => from <= at && at < to && isThere(user)).map(({ user }) => user))
    const known = contactsOf(from, users).filter(isThere)
    const asker = lastWriter.get(from)
    // Whose contacts have not joined yet answers, or writes to somebody who was there from the beginning.
    const first = known.length > 0 ? known : [from === 0 ? 1 : 0]
    const to = asker !== undefined && (known.length === 0 || chance.happens(answers)) ? asker : chance.pick(first)
    lastWriter.set(to, from)
    return { at, type: 'write', from, to }
  })
}
