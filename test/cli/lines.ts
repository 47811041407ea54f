/** Lines of conversations for tests: what a test does not say of one is as usual. */
import type { ConversationLine } from '../../src/cli/agent/calls.ts'

export const ALICE = 'did:key:z6MkwMNHSNhrKLFzievAN5eoHs5RTbTwWp5KZ5ntZYBTMeYY'
export const BOB = 'did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK'
export const CAROL = 'did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH'

/** 2026-11-22, noon, wherever the test runs. */
export const NOON = new Date(2026, 10, 22, 12).getTime()

export function idOf (at: number): string {
  return at.toString(16).padStart(32, '0')
}

/** The line number `at`, from Bob to Alice a minute after the one before, unless it says otherwise. */
export function lineOf (at: number, text: string, more: Partial<ConversationLine> = {}): ConversationLine {
  const time = NOON + at * 60_000
  return {
    id: idOf(at),
    from: BOB,
    conversation: BOB,
    kind: 'text',
    text,
    sentAt: time,
    stamp: time,
    parents: [],
    missing: [],
    late: false,
    mentions: [],
    reactions: [],
    isEdited: false,
    isDeleted: false,
    isRead: true,
    ...more.from === ALICE ? { state: 'stored' as const } : {},
    ...more
  }
}
