/** What a device is told, and what it says of its history. */
import type { MessageId } from '../../src/types.ts'

export interface OpenInit { store: string, nodes: string[], linkCode?: string | undefined }

/** A line of the history as a person sees it. reactions: each with whose they are, in an order of their own. */
export interface Line { id: MessageId, text: string, parents: MessageId[], missing: MessageId[], reactions: string[] }
