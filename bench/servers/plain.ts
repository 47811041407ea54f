/** The plain reference: TCP, length-prefixed frames, LevelDB group commit with sync. */
import { join } from 'node:path'
import { ReferenceLoop } from '../reference/loop.ts'
import { listenPlain } from '../reference/plain.ts'
import { meter } from './meter.ts'

const [directory = ''] = process.argv.slice(2)
const loop = new ReferenceLoop(join(directory, 'db'))
await loop.open()
const { server, address } = await listenPlain(link => { loop.accept(link) })
meter(address, async () => {
  server.close()
  await loop.close()
})
