import { openMemoryStore } from '../../src/store/index.ts'
import { envelopeStoreContract } from '../contracts/envelope-store.ts'
import { shelfContract } from '../contracts/shelf.ts'
import { makeComponents } from './mail.ts'

envelopeStoreContract('memory', async (components, init) => (await openMemoryStore(components, init)).envelopes)
shelfContract('memory', async () => await openMemoryStore(makeComponents()))
