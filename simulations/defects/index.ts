/** All planted defects: for each check at least one. */
import { acceptOldRoute, ackAtWMinus1, forgetDedupe, forgetHeld, neverMark, neverWaitForParents, silentDrop } from './client-defects.ts'
import { auditByMemory, boundlessStreams, endlessEcho, neverCompare } from './node-defects.ts'
import { cursorOverWipedStore, deleteOnANodesWord, skipFsync } from './store-defects.ts'
import type { Defect } from './defect.ts'

/** Each is found by the check that it names, and the same run without it keeps that check (test/simulations/defects). */
export const DEFECTS: readonly Defect[] = Object.freeze([
  skipFsync,
  deleteOnANodesWord,
  cursorOverWipedStore,
  ackAtWMinus1,
  forgetDedupe,
  neverWaitForParents,
  forgetHeld,
  neverMark,
  silentDrop,
  acceptOldRoute,
  neverCompare,
  boundlessStreams,
  endlessEcho,
  auditByMemory
])
