/** What a simulated node is made of, and which part it plays. */
import type { OpenStore } from './store-performer.ts'
import type { RoutingModel } from '../routing/model.ts'
import type { Witness } from '../checks/witness.ts'
import type { Disk } from '../world/disk.ts'
import type { Network } from '../world/network.ts'
import type { World } from '../world/world.ts'
import type { PeerKey } from '../../src/types.ts'

export interface NodeInit {
  key: PeerKey
  world: World
  network: Network
  disk: Disk
  routing: RoutingModel
  witness: Witness
  /** The honest store unless given. */
  openStore?: OpenStore
  /** Keeps mail; else it takes part in routing only. */
  serves: boolean
  dialable: boolean
  /** In routing. */
  lies?: boolean
}
