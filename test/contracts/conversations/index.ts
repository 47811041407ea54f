/**
 * What a conversation is, from the outside: the same tests for a client in Node with LevelDB and TCP
 * (test/client/conversations.test.ts) and for one in a browser's page with IndexedDB and WebSocket (test/browser).
 * So nothing here may know where it runs; `node:assert/strict` is chai in a page (test/browser/assert.ts).
 */
import { DEVICES } from './devices.ts'
import { KINDS } from './kinds.ts'
import { MESSAGES } from './messages.ts'
import type { Conversations } from './world.ts'

export { World } from './world.ts'

export const CONVERSATIONS: Conversations = { ...MESSAGES, ...KINDS, ...DEVICES }
