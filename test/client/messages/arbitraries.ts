// Messages of every kind, for property tests.
import fc from 'fast-check'
import type { Bytes, MessageContent, MessageId, PeerKey, RootKey } from '../../../src/types.ts'

const digits = (bytes: number): fc.Arbitrary<string> => fc.uint8Array({ minLength: bytes, maxLength: bytes }).map(bytes => Buffer.from(bytes).toString('hex'))
/** A record as any code would write it. */
export const plain = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> => fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>

const words = fc.string({ unit: 'grapheme', maxLength: 20 })
const seconds = fc.integer({ min: 0, max: 366 * 86_400 })

export const messageId = digits(16) as fc.Arbitrary<MessageId>
/** Among so many bytes hardly one is a point of small order. */
export const rootKey = digits(32) as fc.Arbitrary<RootKey>
export const peerKey = digits(32) as fc.Arbitrary<PeerKey>

const ids = fc.array(messageId, { minLength: 1, maxLength: 4 })
const mentions = fc.array(rootKey, { maxLength: 3 })
const body = fc.uint8Array({ maxLength: 50 }).map((bytes): Bytes => new Uint8Array(bytes))
const emoji = fc.constantFrom('👍', '❤️', '👩‍👩‍👧‍👦', 'x')

export const messageContent: fc.Arbitrary<MessageContent> = fc.oneof(
  plain({ type: fc.constant('text' as const), text: words, mentions, replyTo: fc.option(messageId, { nil: undefined }), expiresAfterSeconds: seconds }),
  plain({ type: fc.constant('timer' as const), seconds }),
  plain({ type: fc.constant('custom' as const), kind: fc.constantFrom('org.example.chess', 'k'), body, fallback: words }),
  plain({ type: fc.constant('unknown' as const), fallback: words }),
  plain({ type: fc.constant('reaction' as const), target: messageId, emoji, isRemoved: fc.boolean() }),
  plain({ type: fc.constant('edit' as const), target: messageId, text: words, mentions }),
  plain({ type: fc.constant('delete' as const), target: messageId }),
  plain({ type: fc.constant('read' as const), ids }),
  plain({ type: fc.constant('repair' as const), ids }),
  plain({ type: fc.constant('sync' as const), body })
)
