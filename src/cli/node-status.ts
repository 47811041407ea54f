/** The node that runs on a data directory, asked through its control socket. */
import { z } from 'zod'
import { connectControl } from './control/connection.ts'
import { controlSocketOf, type Places } from './places.ts'
import { UnsupportedError } from '../errors.ts'

const Count = z.object({ done: z.number(), total: z.number() })

/** What this program needs of a NodeStatus; the rest passes through to --json. */
const Status = z.looseObject({
  peerId: z.string(),
  addrs: z.array(z.string()),
  state: z.string(),
  uptimeSeconds: z.number(),
  peers: z.number(),
  users: z.number(),
  sessions: z.number(),
  mail: z.looseObject({ envelopes: z.number(), bytes: z.number(), queuedBytes: z.number() }),
  verifying: z.boolean(),
  handover: z.object({ envelopes: Count, bytes: Count, mailboxes: Count }).optional(),
  storeFailure: z.string().optional()
})

export type RunningNode = z.infer<typeof Status>

/** Undefined when none runs there. */
export async function runningNode (places: Places): Promise<RunningNode | undefined> {
  const socket = await controlSocketOf(places.node)
  const connection = socket === undefined ? undefined : await connectControl(socket)
  if (connection === undefined) return undefined
  try {
    const parsed = Status.safeParse(await connection.call('status', {}))
    if (!parsed.success) throw new UnsupportedError('the running node is of another version')
    return parsed.data
  } finally {
    await connection.close()
  }
}
