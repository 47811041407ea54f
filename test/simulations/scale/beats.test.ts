// The counting of beats is held against what the cores promise: a refresh every ten minutes, and a turn every thirty seconds.
import assert from 'node:assert/strict'
import { PRESENCE_DEFAULTS } from '../../../src/presence/defaults.ts'
import { countBeats, type BeatsFigures } from '../../../simulations/scale/beats.ts'
import { LAWS, type Law } from '../../../simulations/churn/laws.ts'
import { World } from '../../../simulations/world/world.ts'

describe('how often users beat', () => {
  const count = async (law: string, users = 40): Promise<BeatsFigures> => await countBeats({
    world: new World({ seed: 1 }), users, nodes: 20, listed: 12, hours: 6, law: LAWS[law] as Law, gossipMs: 250
  })

  it('is the refresh of whoever is online, and a few words for coming and going', async () => {
    const { said } = await count('steady')
    const refreshes = 0.5 * 3_600_000 / PRESENCE_DEFAULTS.refreshMs
    assert.ok(said > refreshes && said < 2 * refreshes, `${said}`)
  })

  it('is published by both of a device’s nodes more often than not, since both are told at once', async () => {
    const { published, said, twiceShare, secondAfterMs } = await count('steady')
    assert.ok(published > said && published <= 2 * said)
    assert.ok(twiceShare > 0.5 && twiceShare < 1, `${twiceShare}`)
    assert.ok(secondAfterMs < 250, `${secondAfterMs}`)
  })

  it('rises when nodes restart every hour', async () => {
    const [steady, worst] = [await count('steady'), await count('mail-worst')]
    assert.ok(worst.said > 1.2 * steady.said, `${steady.said}, ${worst.said}`)
  })

  it('is the same for the same seed', async () => {
    assert.deepEqual(await count('mixed', 10), await count('mixed', 10))
  })
})
