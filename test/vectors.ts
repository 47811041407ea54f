// The test vectors of docs/protocol.md: fenced blocks that begin with ```json vectors: <name>.
import { readFileSync } from 'node:fs'

const PROTOCOL = new URL('../docs/protocol.md', import.meta.url)

/** The vectors of that name, as they stand in the document. Throws when there are none. */
export function readVectors<T> (name: string): T {
  const block = new RegExp(`^\`\`\`json vectors: ${name}\n([^]*?)^\`\`\``, 'm').exec(readFileSync(PROTOCOL, 'utf8'))
  if (block?.[1] == null) throw new Error(`docs/protocol.md has no vectors named ${name}`)
  return JSON.parse(block[1]) as T
}
