/** A check: it listens, and at the end says whether a promise was kept, with its figure and the first breaches. */
import type { EnvelopeId, MailboxId, PeerKey } from '../../src/types.ts'
import type { Witness } from './witness.ts'

/** figure: breaches, unless the check says otherwise; of: out of how many. examples: at most a handful, in words, with the virtual time. */
export interface Verdict { name: string, kept: boolean, figure: number, of: number, unit: string, examples: string[] }

/** What a check may ask of the world beside what it is told; looking changes nothing. */
export interface Evidence {
  now: () => number
  /** Whether the envelope is on the node's disk, synced and undamaged, whether its process runs or not. */
  isOnDisk: (node: PeerKey, mailbox: MailboxId, envelope: EnvelopeId) => boolean
  /** Whether the node is one of those that the scenario lets sign for what they do not keep. */
  isLiar: (node: PeerKey) => boolean
}

/**
 * Of a run. warm-up: users register. traffic: messages are written, machines come and go, faults strike. epilogue: no new
 * messages, faults are healed, everybody who comes back is back. quiet: as the epilogue, after everything has settled.
 */
export type Phase = 'warm-up' | 'traffic' | 'epilogue' | 'quiet'

export interface Check extends Partial<Witness> {
  /** Called when a phase begins. */
  phase?: (phase: Phase, at: number) => void
  /** Asked once, after the epilogue: traffic has stopped, faults are healed, everybody who comes back is back. */
  verdict: () => Verdict
}

/** Breaches are counted, and only the first are told. */
export const EXAMPLES_MAX = 5
