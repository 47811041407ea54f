/** The performers of a run: a planted defect is another performer in the place of one of these. */
import { openDiskStore } from '../actors/disk-store.ts'
import { SimDevice } from '../actors/device.ts'
import { SimNode } from '../actors/node.ts'
import { Disk } from '../world/disk.ts'
import { World } from '../world/world.ts'
import type { OpenStore } from '../actors/store-performer.ts'

export interface Parts {
  World: typeof World
  Node: typeof SimNode
  Device: typeof SimDevice
  Disk: typeof Disk
  /** Of nodes that do not lie. */
  openStore: OpenStore
}

export const PARTS: Readonly<Parts> = Object.freeze({ World, Node: SimNode, Device: SimDevice, Disk, openStore: openDiskStore })
