/** All checks of a run. Their names are what baselines, scenarios (`fallsShort`) and defects call them by. */
import { CausalOrder } from './causal-order.ts'
import { CopiesRestored } from './copies-restored.ts'
import { DeletedOnly } from './deleted-only.ts'
import { GoesQuiet } from './goes-quiet.ts'
import { NothingStuck } from './nothing-stuck.ts'
import { OnlyLiarsCaught } from './only-liars-caught.ts'
import { ReceiptsImplyBytes, StoredHasReceipts } from './receipts.ts'
import { RouteNeverFalls } from './route-never-falls.ts'
import { ShownOnce } from './shown-once.ts'
import { Collections, Receipts } from './signed.ts'
import { LostSenderGone, StoredIsShown } from './stored-is-shown.ts'
import { WithinLimits } from './within-limits.ts'
import type { Check, Evidence } from './check.ts'

/** A fresh set for one run. All of them must listen: some ask what others have heard. */
export function makeChecks (evidence: Evidence): Check[] {
  const collections = new Collections()
  const receipts = new Receipts()
  const storedIsShown = new StoredIsShown(evidence)
  return [
    storedIsShown,
    new LostSenderGone(storedIsShown),
    new DeletedOnly(evidence, collections),
    new ShownOnce(),
    new CausalOrder(),
    new RouteNeverFalls(),
    new ReceiptsImplyBytes(evidence, receipts, collections),
    new StoredHasReceipts(receipts),
    new CopiesRestored(evidence, receipts),
    new OnlyLiarsCaught(evidence),
    new WithinLimits(),
    new GoesQuiet(evidence),
    new NothingStuck(evidence)
  ]
}
