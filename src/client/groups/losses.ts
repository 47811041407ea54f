/**
 * Others' devices that cannot open what this device sent. What was sealed before such a device was brought in is sent
 * to it again and opens then; what it cannot open although it was brought in means that it must be brought in anew.
 */
import { mergeResends } from './changes.ts'
import { GROUPS_DEFAULTS } from './defaults.ts'
import type { ConversationId, MessageId, PeerKey, RootKey } from '../../types.ts'
import type { Lost } from './port.ts'
import type { SealedRecord } from './records.ts'
import type { Parts } from './parts.ts'
import type { Tending } from './tending.ts'
import type { Turn } from './turns.ts'

interface Wanted { from: RootKey, device: PeerKey, ids: MessageId[], keyPackage: Lost['keyPackage'] }

export class Losses {
  readonly #parts: Parts
  readonly #tending: Pick<Tending, 'openPackage'>
  readonly #resending = new Set<ConversationId>()

  constructor (parts: Parts, tending: Pick<Tending, 'openPackage'>) {
    this.#parts = parts
    this.#tending = tending
  }

  /** Writes down what is to be done; gives the conversations where it is. */
  async take (from: RootKey, device: PeerKey, { ids, keyPackage }: Lost): Promise<ConversationId[]> {
    const { own, book, turns, devices, components: { log, contacts } } = this.#parts
    await book.begin()
    const byConversation = new Map<ConversationId, MessageId[]>()
    for (const id of new Set(ids)) {
      // What this device did not send, or has forgotten, is nobody's loss.
      const sealed = await book.sealed(id)
      if (sealed === undefined || (sealed.conversation !== from && from !== own.root)) continue
      byConversation.set(sealed.conversation, [...byConversation.get(sealed.conversation) ?? [], id])
    }
    if (byConversation.size === 0 || device === own.device) return []
    const opened = await this.#tending.openPackage(keyPackage)
    if (opened === undefined || opened.member.device !== device || opened.member.certificate.root !== from) {
      log('a loss of device %s came without a key package of its own', device.slice(0, 8))
      return []
    }
    if (from !== own.root && !await devices.includes(from, device)) await contacts.resolve(from, { fresh: true }).catch(() => { /* then we know what we know */ })
    if (!await devices.includes(from, device)) {
      log('a loss of device %s is not heard: it is not in its user’s profile', device.slice(0, 8))
      return []
    }
    for (const [conversation, lost] of byConversation) {
      await turns.run(conversation, async turn => { await this.#note(turn, conversation, { from, device, ids: lost, keyPackage }) })
    }
    return [...byConversation.keys()]
  }

  /** Hands over what is to be sealed again; it is the outbox's when that is done. */
  async resend (conversation: ConversationId): Promise<void> {
    const { book, turns, components: { resend } } = this.#parts
    if (this.#resending.has(conversation)) return
    this.#resending.add(conversation)
    try {
      const { resends } = book.chat(conversation)
      if (resends.length === 0) return
      for (const { to, ids } of resends) await resend(to, ids)
      const done = new Set(resends.flatMap(({ to, ids }) => ids.map(id => `${to}/${id}`)))
      await turns.run(conversation, async turn => {
        const chat = book.chat(conversation)
        const left = chat.resends.map(({ to, ids }) => ({ to, ids: ids.filter(id => !done.has(`${to}/${id}`)) })).filter(({ ids }) => ids.length > 0)
        await turn.apply({ chat: [conversation, { ...chat, resends: left }] })
      })
    } finally {
      this.#resending.delete(conversation)
    }
  }

  async #note (turn: Turn, conversation: ConversationId, { from, device, ids, keyPackage }: Wanted): Promise<void> {
    const { book, components: { clock } } = this.#parts
    const sealed: Array<[MessageId, SealedRecord]> = []
    for (const id of ids) {
      const record = await book.sealed(id)
      if (record !== undefined) sealed.push([id, record])
    }
    const chat = book.chat(conversation)
    const messages = sealed.filter(([, { control }]) => !control).map(([id]) => id)
    if (!await this.#isLost(conversation, device, sealed.map(([, record]) => record))) {
      // It was brought in since: the same words, sealed now, will open.
      return await turn.apply({ chat: [conversation, { ...chat, resends: mergeResends([...chat.resends, { to: from, ids: messages }]) }] })
    }
    const known = chat.losses.find(other => other.device === device)
    const loss = { root: from, device, keyPackage, ids: [...new Set([...known?.ids ?? [], ...messages])].slice(-GROUPS_DEFAULTS.lostIds), since: known?.since ?? clock.now() }
    const losses = [...chat.losses.filter(other => other.device !== device), loss].slice(-GROUPS_DEFAULTS.lossesMax)
    await turn.apply({ chat: [conversation, { ...chat, losses }] })
  }

  /** Whether a device lacks what it should have been able to open as things stand. */
  async #isLost (conversation: ConversationId, device: PeerKey, sealed: SealedRecord[]): Promise<boolean> {
    const { book } = this.#parts
    const newest = book.newest(conversation)
    const record = newest === undefined ? undefined : book.groups.get(newest)
    const state = newest === undefined ? undefined : await book.state(newest)
    if (record === undefined || state?.active !== true || !state.members.some(member => member.device === device)) return true
    const since = record.broughtIn.find(other => other.device === device)?.epoch ?? 0
    return sealed.some(({ group, epoch }) => group === newest && epoch >= since)
  }
}
