/**
 * What became of a message that got lost or came twice: for each envelope that carried it, what each node's disk says.
 * Read after the nodes have ended, from copies: LevelDB rewrites its log whenever it is opened.
 */
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Level } from 'level'
import { moment, short } from '../simulations/checks/breaches.ts'
import { mailboxOf } from '../src/identity/index.ts'
import { nodeCrypto } from '../src/node/crypto.ts'
import { STORE_FOLDER } from '../src/node/node-key.ts'
import { decodeEntry, indexKey } from '../src/store/layout.ts'
import { SOAK_DEFAULTS } from './defaults.ts'
import type { Letter } from './ledger.ts'
import type { EnvelopeId, MailboxId, PeerKey } from '../src/types.ts'

/** What an inquest needs of a node. */
export interface Place { number: number, key: PeerKey | undefined, directory: string }

/** disk: `kept at 4294967301`, `collected`, `nothing`, …; signed: whether the writer holds this node's receipt for the message. */
export interface Holding { node: number, signed: boolean, disk: string }

export interface Finding {
  id: string
  from: string
  to: string
  written: string
  state: string
  stored: string | undefined
  shown: string[]
  problem: string | undefined
  envelopes: Array<{ id: EnvelopeId, nodes: Holding[] }>
}

/** folder: for the copies, which are gone afterwards. */
export async function inquire (letters: readonly Letter[], places: readonly Place[], folder: string): Promise<Finding[]> {
  const findings = letters.slice(0, SOAK_DEFAULTS.inquestsMax).map(letter => ({ letter, finding: findingOf(letter) }))
  if (findings.length === 0) return []
  for (const place of places) {
    await withCopy(place, folder, async look => {
      for (const { letter, finding } of findings) {
        const mailbox = mailboxOf(letter.to, nodeCrypto)
        for (const { id, nodes } of finding.envelopes) {
          nodes.push({ node: place.number, signed: place.key !== undefined && letter.signers.has(place.key), disk: await look(mailbox, id) })
        }
      }
    })
  }
  return findings.map(({ finding }) => finding)
}

/** Lines for a person. */
export function tell ({ id, from, to, written, state, stored, shown, problem, envelopes }: Finding): string[] {
  return [
    `message ${id} of ${from} to ${to}: written ${written}, ${stored === undefined ? 'never stored' : `stored ${stored}`}, ${shown.length === 0 ? 'never shown' : `shown ${shown.join(' and ')}`}, ${state} now${problem === undefined ? '' : ` (${problem})`}`,
    ...envelopes.map(({ id, nodes }) => `  envelope ${id}: ${nodes.filter(({ disk, signed }) => signed || disk !== 'nothing').map(({ node, signed, disk }) => `node ${node} ${disk}${signed ? ', signed' : ''}`).join('; ') || 'nowhere'}`)
  ]
}

function findingOf (letter: Letter): Finding {
  return {
    id: letter.id,
    from: short(letter.from),
    to: short(letter.to),
    written: moment(letter.writtenAt),
    state: letter.state,
    stored: letter.storedAt === undefined ? undefined : moment(letter.storedAt),
    shown: letter.shownAt.map(moment),
    problem: letter.problem,
    envelopes: [...letter.envelopes].map(id => ({ id, nodes: [] }))
  }
}

async function withCopy (place: Place, folder: string, use: (look: (mailbox: MailboxId, id: EnvelopeId) => Promise<string>) => Promise<void>): Promise<void> {
  const copy = await mkdtemp(join(folder, 'inquest-'))
  try {
    await cp(join(place.directory, STORE_FOLDER, 'db'), copy, { recursive: true })
    const level = new Level<Uint8Array, Uint8Array>(copy, { keyEncoding: 'view', valueEncoding: 'view', compression: false, createIfMissing: false })
    try {
      await level.open()
      await use(async (mailbox, id) => wordOf(await level.get(indexKey(mailbox, id))))
    } finally {
      await level.close()
    }
  } catch (error) {
    const word = `cannot be read: ${String(error)}`
    await use(async () => word)
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

function wordOf (value: Uint8Array | undefined): string {
  if (value === undefined) return 'nothing'
  const entry = decodeEntry(value)
  switch (entry?.type) {
    case undefined: return 'damaged'
    case 'kept': return `kept at ${entry.position}${entry.collectedBy.length > 0 ? `, collected by ${entry.collectedBy.length}` : ''}`
    case 'awaited': return 'collected before it came'
    case 'collected': return entry.wasHere ? 'collected' : 'collected elsewhere'
  }
}
