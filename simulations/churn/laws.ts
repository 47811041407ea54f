/**
 * The laws by which machines come and go, each as it was measured or assumed, with its source. A scenario names one for
 * each kind of node; a report repeats in one sentence what it assumes. docs/simulation.md has the table.
 */
import { meanOf, type Duration } from './durations.ts'
import type { Chance } from '../world/chance.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Machines of one kind. share: of the machines of a law, whether they are up or not. */
export interface LawClass {
  share: number
  /** undefined: it never goes. */
  up: Duration | undefined
  down: Duration
  /** Until it leaves for good, disk and all; undefined: never. */
  life: Duration | undefined
}

export interface Law {
  name: string
  /** One sentence, for every report. */
  assumes: string
  source: string
  classes: readonly LawClass[]
}

/** Weibull fits to half a year of crawls of eMule KAD, a network of desktop computers: Steiner, En-Najjary and Biersack 2009, “Long term study of peer behavior in the KAD DHT”, IEEE/ACM Transactions on Networking 17(5). */
const KAD_SESSION: Duration = { type: 'weibull', shape: 0.615, scaleMs: 169.5 * MINUTE }
const KAD_ABSENCE: Duration = { type: 'weibull', shape: 0.476, scaleMs: 413.7 * MINUTE }

/** The Weibull through “half are gone after 2 h, four in five after 8 h” of newly met IPFS DHT servers, a little longer than what crawls saw later: Trautwein et al. 2022, “Design and Evaluation of IPFS”, ACM SIGCOMM. */
const IPFS_SESSION: Duration = { type: 'weibull', shape: 0.608, scaleMs: 3.655 * HOUR }

/** Mail's worst case: half of all sessions are shorter than 30 minutes, with a tail like KAD's. */
const MAIL_SESSION: Duration = { type: 'weibull', shape: 0.6, scaleMs: 0.921 * HOUR }
const MAIL_ABSENCE: Duration = { type: 'exponential', meanMs: 30 * MINUTE }

const forEver = { up: undefined, down: { type: 'exponential', meanMs: HOUR } as Duration, life: undefined }
const exponential = (meanMs: number): Duration => ({ type: 'exponential', meanMs })

export const LAWS: Readonly<Record<string, Law>> = Object.freeze(byName([
  {
    name: 'steady',
    assumes: 'no node ever goes by itself',
    source: 'no measurement: the background before which a single fault is looked at',
    classes: [{ share: 1, ...forEver }]
  },
  {
    name: 'kad',
    assumes: 'nodes come and go as eMule KAD’s desktop computers do: half of the sessions are under 93 minutes, half of the absences under 3.2 hours, and 21 % are up at a time',
    source: 'Steiner, En-Najjary, Biersack 2009',
    classes: [{ share: 1, up: KAD_SESSION, down: KAD_ABSENCE, life: undefined }]
  },
  {
    name: 'ipfs',
    assumes: 'nodes come and go as newly met IPFS servers do: half of the sessions are under 2 hours; absences are KAD’s, since IPFS’s were not measured',
    source: 'a fit to crawls of IPFS (compare Trautwein et al. 2022); Steiner, En-Najjary, Biersack 2009',
    classes: [{ share: 1, up: IPFS_SESSION, down: KAD_ABSENCE, life: undefined }]
  },
  {
    name: 'mixed',
    assumes: '72 % of the nodes are stable (up for 14 days, down for half an hour on average), the rest come and go as newly met IPFS servers do',
    source: 'our assumption for nodes that are run on purpose; as ipfs for the rest',
    classes: [
      { share: 0.72, up: exponential(14 * DAY), down: exponential(0.5 * HOUR), life: undefined },
      { share: 0.28, up: IPFS_SESSION, down: KAD_ABSENCE, life: undefined }
    ]
  },
  {
    name: 'mail-worst',
    assumes: 'the worst case promised for mail: half of the sessions are under 30 minutes, absences are 30 minutes on average, disks are kept, and a node leaves for good after 90 days on average',
    source: 'our bound, harsher than every session law above',
    classes: [{ share: 1, up: MAIL_SESSION, down: MAIL_ABSENCE, life: exponential(90 * DAY) }]
  },
  {
    name: 'mail-worst-30d',
    assumes: 'beyond what is promised, and reported all the same: as the worst case for mail, but a node leaves for good after 30 days on average',
    source: 'our bound, with a third of the life',
    classes: [{ share: 1, up: MAIL_SESSION, down: MAIL_ABSENCE, life: exponential(30 * DAY) }]
  }
]))

/** The kind of a machine, by the shares of its law. */
export function drawClass (law: Law, chance: Chance): LawClass {
  let left = chance.fraction()
  for (const one of law.classes) {
    left -= one.share
    if (left < 0) return one
  }
  return law.classes.at(-1) as LawClass
}

/** How much of its time a machine of this kind is up, until it leaves for good. */
export function shareUp ({ up, down }: LawClass): number {
  return up === undefined ? 1 : meanOf(up) / (meanOf(up) + meanOf(down))
}

function byName (laws: Law[]): Record<string, Law> {
  return Object.fromEntries(laws.map(law => [law.name, law]))
}
