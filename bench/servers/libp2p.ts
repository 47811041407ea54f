/** The libp2p reference: the same loop and store over libp2p with noise and yamux. */
import { join } from 'node:path'
import { ReferenceLoop } from '../reference/loop.ts'
import { listenLibp2p } from '../reference/libp2p.ts'
import { meter } from './meter.ts'

const [directory = ''] = process.argv.slice(2)
const loop = new ReferenceLoop(join(directory, 'db'))
await loop.open()
const { host, address } = await listenLibp2p(link => { loop.accept(link) })
meter(address, async () => {
  await host.stop()
  await loop.close()
})
