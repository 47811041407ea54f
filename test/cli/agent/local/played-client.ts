/** A client of which a test plays just what a call needs; asking for anything else fails the test. */
import { TypedEventEmitter } from '@libp2p/interface'
import type { Client, ClientEvents } from '../../../../src/client/index.ts'

export type Played = Partial<Omit<Client, keyof TypedEventEmitter<ClientEvents>>>

export class PlayedClient extends TypedEventEmitter<ClientEvents> {
  static make (played: Played): PlayedClient & Client {
    return Object.assign(new PlayedClient(), { start: async () => {}, stop: async () => {} }, played) as PlayedClient & Client
  }

  tell<Type extends keyof ClientEvents> (type: Type, detail: ClientEvents[Type]['detail']): void {
    this.safeDispatchEvent(type, { detail })
  }
}
