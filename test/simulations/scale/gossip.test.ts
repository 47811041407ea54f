// The gossip model is held against @libp2p/gossipsub: its constants, its bytes, and the copies that sixty real nodes saw.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { makeBeat } from '../../../src/presence/client.ts'
import { PUBSUB_DEFAULTS } from '../../../src/presence/defaults.ts'
import { nodeCrypto } from '../../../src/node/crypto.ts'
import { GOSSIPSUB } from '../../../simulations/scale/assumptions.ts'
import { BEAT_BYTES, GOSSIP_BYTES } from '../../../simulations/scale/gossip-bytes.ts'
import { flood } from '../../../simulations/scale/gossip.ts'
import { Mesh } from '../../../simulations/scale/mesh.ts'
import { measurePresence } from '../../../simulations/scale/presence.ts'
import { Chance } from '../../../simulations/world/chance.ts'

describe('the gossip model', () => {
  const chance = (): Chance => new Chance('gossip')
  const measured = { beats: 20, twiceShare: 0, secondAfterMs: 0 }

  it('has gossipsub’s own constants where presence sets none', async () => {
    const text = await readFile(new URL('../../../node_modules/@libp2p/gossipsub/dist/src/constants.js', import.meta.url), 'utf8')
    const constant = (name: string): number => {
      const [, value = ''] = new RegExp(`export const ${name} = ([^;]+);`).exec(text) ?? []
      return value.split('*').reduce((product, factor) => product * ({ second: 1000, minute: 60_000 }[factor.trim()] ?? Number(factor)), 1)
    }
    assert.equal(GOSSIPSUB.Dlazy, constant('GossipsubDlazy'))
    assert.equal(GOSSIPSUB.gossipFactor, constant('GossipsubGossipFactor'))
    assert.equal(GOSSIPSUB.heartbeatMs, constant('GossipsubHeartbeatInterval'))
    assert.equal(GOSSIPSUB.mcacheGossip, constant('GossipsubHistoryGossip'))
    assert.equal(GOSSIPSUB.seenSeconds * 1000, constant('GossipsubSeenTTL'))
    // Below this no IDONTWANT is sent, and the model knows none.
    assert.ok(BEAT_BYTES < constant('GossipsubIdontwantMinDataSize'))
  })

  it('weighs a beat as it is made', async () => {
    const beat = await makeBeat({
      presenceKey: new Uint8Array(32), signingKey: await nodeCrypto.signingKey(new Uint8Array(32)), state: 'online', counter: 1_800_000_000_000, random: { bytes: length => new Uint8Array(length) }
    })
    assert.equal(beat.byteLength, BEAT_BYTES)
    const { publicKey } = await generateKeyPairFromSeed('Ed25519', new Uint8Array(32))
    assert.equal(publicKey.toMultihash().bytes.byteLength, 38)
    assert.equal(GOSSIP_BYTES.ihave(100) - GOSSIP_BYTES.ihave(99), GOSSIP_BYTES.ihaveId)
  })

  it('makes as many copies at sixty nodes as sixty real ones did: 2.9', () => {
    const { copies, reached } = measurePresence({ nodes: 60, connections: 59, chance: chance(), ...measured })
    assert.ok(Math.abs(copies / 2.9 - 1) < 0.2, `${copies} copies`)
    assert.equal(reached, 1)
  })

  it('tells a quarter of the others in each of three heartbeats, and six at least', () => {
    const at = (connections: number): number => measurePresence({ nodes: 1000, connections, chance: chance(), ...measured }).ihaves
    assert.ok(Math.abs(at(804) / (3 * 200) - 1) < 0.01)
    assert.ok(Math.abs(at(20) / (3 * 6) - 1) < 0.01)
  })

  it('sends more copies when two nodes publish the same beat', () => {
    const one = measurePresence({ nodes: 1000, connections: 200, chance: chance(), ...measured })
    const two = measurePresence({ nodes: 1000, connections: 200, chance: chance(), ...measured, twiceShare: 1, secondAfterMs: 5 })
    assert.ok(two.copies > one.copies + 0.5, `${one.copies}, ${two.copies}`)
  })

  it('is silent about a second publication that comes after the first has arrived', () => {
    const mesh = new Mesh(100, chance())
    const init = { mesh, waysMs: new Float64Array(100).fill(20), connections: 10, gossipFactor: 0.25 }
    const once = flood([{ node: 0, atMs: 0 }], { ...init, chance: chance() })
    const again = flood([{ node: 0, atMs: 0 }, { node: 1, atMs: 60_000 }], { ...init, chance: chance() })
    assert.deepEqual(again, once)
  })

  it('reaches nobody but the origin’s own choice when there is no mesh and nobody is told', () => {
    const mesh = new Mesh(100, chance(), { ...PUBSUB_DEFAULTS, D: 0, Dlo: 0, Dout: 0 })
    const { reached } = flood([{ node: 0, atMs: 0 }], { mesh, waysMs: new Float64Array(100), connections: 0, gossipFactor: 0, chance: chance() })
    assert.ok(reached <= 1 + PUBSUB_DEFAULTS.D, `${reached}`)
  })

  it('is the same for the same seed', () => {
    const measure = (): unknown => measurePresence({ nodes: 300, connections: 100, chance: chance(), ...measured })
    assert.deepEqual(measure(), measure())
  })
})

describe('the mesh', () => {
  it('keeps every node between Dlo and Dhi neighbours, through restarts', () => {
    const mesh = new Mesh(500, new Chance('mesh'))
    mesh.restart(2000)
    for (let node = 0; node < mesh.size; node++) {
      const { size } = mesh.neighbours(node)
      assert.ok(size >= PUBSUB_DEFAULTS.Dlo && size <= PUBSUB_DEFAULTS.Dhi, `${size} neighbours`)
    }
  })

  it('has both ends of each link', () => {
    const mesh = new Mesh(200, new Chance('mesh'))
    mesh.restart(200)
    for (let node = 0; node < mesh.size; node++) {
      for (const [neighbour, dialled] of mesh.neighbours(node)) assert.equal(mesh.neighbours(neighbour).get(node), !dialled)
    }
  })
})
