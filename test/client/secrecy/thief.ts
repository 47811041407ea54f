// Somebody who copied MLS states, sees every frame that lies in any mailbox, has the library, and respects none of our rules.
import { acceptAll, createApplicationMessage, emptyPskIndex, encodeMlsMessage, processPrivateMessage, type ClientState } from 'ts-mls'
import { decodeChat, decodeGroupFrame, encodeChat, encodeGroupFrame } from '../../../src/client/messages/index.ts'
import { openMessage } from '../../../src/client/mls/frames.ts'
import { isWelcome, MLS_SUITE } from '../../../src/client/mls/index.ts'
import { decodeApplication, encodeContent } from '../../../src/client/mls/proposal.ts'
import { insideOf } from '../../../src/client/mls/state.ts'
import { toHex } from '../../../src/wire/hex.ts'
import { rawSuite } from '../mls/attacker.ts'
import type { MessageId } from '../../../src/types.ts'
import type { Device } from '../groups/device.ts'
import type { User, World } from '../groups/world.ts'
import type { Mail } from '../groups/post.ts'

export class Thief {
  readonly #device: Device
  #state: ClientState

  private constructor (device: Device, state: ClientState) {
    this.#device = device
    this.#state = state
  }

  /** What a device has of its conversation with a user, at this moment. */
  static async copyOf (device: Device, user: User): Promise<Thief> {
    const state = await device.stateOf(user)
    if (state === undefined) throw new Error('there is nothing to copy')
    const inside = insideOf(state)
    return new Thief(device, { ...inside, clientConfig: { ...inside.clientConfig, authService: { validateCredential: async () => true } } })
  }

  /** The texts that it gets out of these, in whatever order they open, following every commit that it can. */
  async read (mails: readonly Mail[]): Promise<string[]> {
    const impl = await rawSuite(MLS_SUITE.x25519, this.#device.signer)
    const left = new Set(mails.flatMap(({ whole }) => whole === undefined ? [] : [decodeGroupFrame(whole).mls]).filter(mls => !isWelcome(mls)))
    const texts: string[] = []
    for (let moved = true; moved;) {
      moved = false
      for (const mls of left) {
        const done = await processPrivateMessage(this.#state, openMessage(mls).message, emptyPskIndex, impl, acceptAll).catch(() => undefined)
        if (done === undefined) continue
        this.#state = done.newState
        left.delete(mls)
        moved = true
        if (done.kind === 'applicationMessage') texts.push(...textsOf(done.message))
      }
    }
    return texts.sort()
  }

  /** Writes as the device would, in the epoch that it has; the device's key signs, whoever has it now. */
  async write (to: User[], text: string, world: World): Promise<void> {
    const { user, key } = this.#device
    const id = toHex(world.random(to.length).bytes(16)) as MessageId
    const now = world.clock.now()
    const words = encodeChat({ id, sentAt: now, stamp: now, parents: [], content: { type: 'text', text, mentions: [], replyTo: undefined, expiresAfterSeconds: 0 } }, undefined)
    const { privateMessage, newState } = await createApplicationMessage(this.#state, encodeContent(words), await rawSuite(MLS_SUITE.x25519, this.#device.signer))
    this.#state = newState
    const mls = encodeMlsMessage({ version: 'mls10', wireformat: 'mls_private_message', privateMessage })
    for (const { root } of to) world.deposit({ to: root, id, whole: encodeGroupFrame({ from: user.root, device: key, mls: new Uint8Array(mls) }), forgetAt: now + 1 })
  }
}

/** All that was ever deposited, for anybody. */
export function mailsOf (world: World): Mail[] { return [...world.mailboxes.values()].flat() }

/** None for what devices ask of each other: it holds public keys, and no words of people. */
function textsOf (application: Uint8Array): string[] {
  const opened = decodeApplication(application)
  if (opened.type === 'proposal') return []
  const { content } = decodeChat(opened.content)
  return [content.type === 'text' ? content.text : content.type]
}
