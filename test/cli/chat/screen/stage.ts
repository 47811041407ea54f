/** A chat on a screen without a terminal: keys go in, effects are gathered, and the screen is read as text. */
import { ChatCore } from '../../../../src/cli/chat/screen/screen.ts'
import { pictureOf, type Picture } from '../../../../src/cli/chat/screen/picture.ts'
import { ALICE, BOB, NOON } from '../../lines.ts'
import type { ConversationEntry, ConversationLine, Happening } from '../../../../src/cli/agent/calls.ts'
import type { KeyName } from '../../../../src/cli/chat/screen/keys.ts'
import type { ChatEffect, ChatEvent } from '../../../../src/cli/chat/screen/state.ts'

export class Stage {
  readonly core: ChatCore
  now = NOON + 86_400_000
  /** All effects so far. */
  effects: ChatEffect[] = []

  constructor ({ columns = 80, rows = 24 } = {}) {
    this.core = new ChatCore({ self: ALICE, user: BOB, columns, rows })
  }

  event (event: ChatEvent): ChatEffect[] {
    const effects = this.core.handle(event, this.now)
    this.effects.push(...effects)
    return effects
  }

  happen (happening: Happening): ChatEffect[] {
    return this.event({ type: 'happening', happening })
  }

  key (name: KeyName): ChatEffect[] {
    return this.event({ type: 'key', key: { name } })
  }

  write (text: string): ChatEffect[] {
    return [...text].flatMap(character => this.event({ type: 'key', key: { name: 'text', text: character } }))
  }

  enter (text: string): ChatEffect[] {
    return [...this.write(text), ...this.key('enter')]
  }

  conversations (...entries: Array<Partial<ConversationEntry> & { userId: string }>): void {
    this.event({ type: 'conversations', entries: entries.map(entry => ({ unread: 0, expiresAfterSeconds: 0, ...entry })) })
  }

  /** Answers what was asked to be loaded of the conversation that is open. */
  load (lines: ConversationLine[], { isEnd = true, side = 'newest' as 'newest' | 'older' | 'newer' } = {}): void {
    const user = this.core.state.open.userId
    if (this.core.state.open.loading === undefined) this.core.load(this.core.state.open, side)
    this.event({ type: 'page', user, side, lines, isEnd })
  }

  get picture (): Picture {
    return pictureOf(this.core.state, this.now)
  }

  /** Row by row, without styles and without the spaces at the end. */
  get rows (): string[] {
    return this.picture.rows.map(row => row.map(({ text }) => text).join('').trimEnd())
  }

  get screen (): string {
    return this.rows.join('\n')
  }
}
