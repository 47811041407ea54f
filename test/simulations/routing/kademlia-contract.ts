// What a Kademlia network must do, whether its nodes are real ones or the model's: the contract beside the calibration.
// Tables are small (4 buckets of 4), so that in a network that fits one process nobody knows everybody.
import assert from 'node:assert/strict'
import { Chance } from '../../../simulations/world/chance.ts'
import { ACQUAINTANCES } from '../../../simulations/calibration/workload.ts'
import type { CalibratedNetwork, Found, TableSize } from '../../../simulations/calibration/network.ts'

export const SMALL_TABLES: TableSize = { bucketPeers: 4, prefixBits: 2 }

/** A self-query is due a second after a start, and takes as long as the machine is slow. */
const SETTLING_MS = 2500
const POLL_MS = 500
const POLLS = 40

export function kademliaContract (name: string, make: () => CalibratedNetwork, { nodes }: { nodes: number }): void {
  describe(`${name}: the contract of a Kademlia network`, function () {
    // Real nodes share the machine with whatever else it does.
    this.timeout(120_000)
    const { bucketPeers } = SMALL_TABLES
    const chance = new Chance(`kademlia contract/${nodes}`)
    const users = Array.from({ length: 6 }, (_, at) => `user ${at}`)
    let network: CalibratedNetwork
    let up: number[] = []

    async function join (): Promise<number> {
      const node = up.length
      await network.join(chance.sample(up, ACQUAINTANCES))
      up.push(node)
      return node
    }

    before(async () => {
      network = make()
      for (let node = 0; node < nodes; node++) await join()
      await network.passUntil(network.now() + SETTLING_MS)
      for (let poll = 0; Math.min(...network.tableSizes()) <= ACQUAINTANCES && poll < POLLS; poll++) await network.passUntil(network.now() + POLL_MS)
    })
    after(async () => { await network.stop() })

    it('everybody comes to know more than they were told, and nobody everybody', () => {
      const sizes = network.tableSizes()
      assert.equal(sizes.length, nodes)
      assert.ok(Math.min(...sizes) > ACQUAINTANCES, `${sizes.join(' ')} contacts`)
      assert.ok(Math.max(...sizes) <= 2 ** SMALL_TABLES.prefixBits * bucketPeers)
    })

    it('a record comes to lie with k peers of each key, most of them the nearest there are', async () => {
      let nearest = 0
      for (const user of users) {
        const { copies, holders, nearestHolders } = await network.publish(chance.pick(up), user)
        // The publisher holds it too.
        for (const holding of holders) assert.ok(holding >= bucketPeers && holding <= bucketPeers + 1, `${holding} hold it`)
        assert.ok(copies >= bucketPeers && copies <= 3 * bucketPeers)
        for (const holding of nearestHolders) nearest += holding
      }
      assert.ok(nearest >= 0.5 * bucketPeers * 3 * users.length, `${nearest} of the ${bucketPeers * 3 * users.length} nearest hold it`)
    })

    it('everybody finds it, and asks few for it', async () => {
      const found: Found[] = []
      for (const node of up) found.push(await network.find(node, chance.pick(users)))
      assert.equal(found.filter(({ found }) => found).length, nodes)
      for (const { hops = 0 } of found) assert.ok(hops <= Math.log2(nodes))
      const questions = found.reduce((sum, { questions }) => sum + questions, 0) / found.length
      assert.ok(questions <= 3 * bucketPeers, `${questions} questions a find`)
    })

    it('what nobody has published, nobody finds', async () => {
      const found = await network.find(chance.pick(up), 'nobody')
      assert.deepEqual([found.found, found.hops], [false, undefined])
      assert.equal(found.walks, 3, 'under each of the keys')
    })

    it('a newcomer finds it before they know their way', async () => {
      for (let node = 0; node < 3; node++) {
        const { found, hops = 0 } = await network.find(await join(), chance.pick(users))
        assert.ok(found)
        assert.ok(hops <= Math.log2(nodes))
      }
    })

    it('with three in ten killed at once, those left still find everything', async () => {
      const killed = chance.sample(up, Math.round(0.3 * up.length))
      await network.kill(killed)
      up = up.filter(node => !killed.includes(node))
      let unanswered = 0
      for (const user of users) {
        for (const node of chance.sample(up, 2)) {
          const { found, questions, answers } = await network.find(node, user)
          assert.ok(found, `${user} by ${node}`)
          unanswered += questions - answers
        }
      }
      assert.ok(unanswered > 0, 'the dead were asked: nobody is told that somebody is gone')
    })

    it('and still publish', async () => {
      const { holders } = await network.publish(chance.pick(up), 'late')
      for (const holding of holders) assert.ok(holding >= bucketPeers - 1)
    })
  })
}
