/**
 * A check that cannot fail is worth nothing, so for each there is a defect that it must find: a mistake that somebody
 * could make, put into the world from outside. Either a performer of effects makes it, or a method of a shipped class is
 * replaced while the run lasts; no shipped file knows of it.
 */
import type { Parts } from '../run/parts.ts'
import type { Scenario } from '../scenarios/scenario.ts'

/** Takes back what was put in. */
export type Undo = () => void

export interface Planted {
  undo: Undo
  /** Performers of the run in place of the usual ones. */
  parts?: Partial<Parts>
}

export interface Defect {
  name: string
  /** The mistake, in one sentence. */
  about: string
  /** Names of the checks that find it, each within the seeds that CI runs. */
  caughtBy: readonly string[]
  /** A small world that brings it to light. */
  scenario: Scenario
  /** What happens in that world beside the scenario, with the defect and without it. */
  circumstance?: () => Undo
  /** Before a run; `undo` after it. */
  plant: () => Planted
}
