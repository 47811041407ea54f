/**
 * The groups of one device: port.ts, done with ts-mls. It is unaudited, so it is pinned: 1.6.2 and before, and
 * 2.0.0-rc.10, let a member follow the commit that removes it. What 1.6.4 leaves open is closed here:
 *
 * - kept-keys.ts: for a skipped message it keeps the secret that leads to all later keys;
 * - tree.ts, join.ts: it refuses good Welcomes once leaves were added below filled nodes;
 * - messages.ts: a device whose place is taken in the commit that removes it does not see that it was removed, and
 *   who sent an application message is not said;
 * - leaves.ts: keys of an added leaf are not compared with those in the tree, and a committer may change its device;
 * - trim.ts, wipe.ts: former epochs are kept whole, and what falls out of them is not given back to be wiped.
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
