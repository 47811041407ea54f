/**
 * The groups of one device: port.ts, done with ts-mls 1.6.4, which is pinned because it is unaudited and because its
 * neighbours have faults that matter (docs/protocol.md, "MLS groups"). What it leaves open is closed here:
 *
 * - kept-keys.ts: a skipped message leaves its key, not the ratchet that leads to all later ones;
 * - tree.ts and join.ts: good Welcomes are accepted, bad ones not;
 * - leaves.ts and rules.ts: who may be there and what a commit may do;
 * - trim.ts and wipe.ts: nothing is kept that is not needed.
 */
import { mlsExporter } from 'ts-mls'
import { withArrayBuffer } from 'uint8arrays/with-array-buffer'
import { commitChange, createOwnGroup } from './commit.ts'
import { makeEngine, type MlsComponents } from './engine.ts'
import { joinByWelcome } from './join.ts'
import { makeKeyPackage, openKeyPackage } from './key-package.ts'
import { receiveMessage, sealApplication } from './messages.ts'
import { encodeContent, encodeProposal } from './proposal.ts'
import { changeOf, decodeInside, groupState, insideOf } from './state.ts'
import type { Mls } from './port.ts'

/** The groups of the device whose key `signer` is. */
export function createMls (components: MlsComponents): Mls {
  const engine = makeEngine(components)
  return Object.freeze<Mls>({
    keyPackage: async (suite, now) => await makeKeyPackage(engine, suite, now),
    openKeyPackage: async (bytes, now) => await openKeyPackage(engine, bytes, now),
    create: async (groupId, suite, now) => await createOwnGroup(engine, groupId, suite, now),
    commit: async (state, change, now) => await commitChange(engine, state, change, now),
    seal: async (state, content, authenticatedData) => await sealApplication(engine, state, encodeContent(content), authenticatedData),
    propose: async (state, proposal) => await sealApplication(engine, state, encodeProposal(proposal)),
    receive: async (state, message) => await receiveMessage(engine, state, message),
    join: async (welcome, own, previous) => await joinByWelcome(engine, welcome, own, previous),
    exportSecret: async (state, label, context, length) => {
      const { keySchedule } = insideOf(state)
      return withArrayBuffer(await mlsExporter(keySchedule.exporterSecret, label, context, length, await engine.suites.get(state.suite)))
    },
    changeOf,
    restore: async (whole, ratchets) => {
      const inside = decodeInside(whole, ratchets, engine.config)
      return groupState(inside, await engine.leaves.members(inside.ratchetTree))
    }
  })
}
