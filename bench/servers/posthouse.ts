/** Ours: the node that `posthouse node` runs, with its data directory on disk. */
import { createNode } from '../../src/index.ts'
import { meter } from './meter.ts'

const [dataDir = '', network = ''] = process.argv.slice(2)
const node = await createNode({ dataDir, network, listen: ['/ip4/127.0.0.1/tcp/0'] })
await node.start()
meter(node.addrs[0] ?? '', async () => { await node.stop() })
