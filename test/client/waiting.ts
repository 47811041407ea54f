/** Waiting for what a client tells, the same in Node and in a browser's page. */
import type { ChatMessage, Client, ClientEvents } from '../../src/client/api.ts'

/** Resolves with the next event's detail that fits. */
export async function next<Detail> (client: Client, type: keyof ClientEvents, fits: (detail: Detail) => boolean = () => true): Promise<Detail> {
  return await new Promise<Detail>(resolve => {
    const listener = (event: CustomEvent): void => {
      if (!fits(event.detail as Detail)) return
      client.removeEventListener(type, listener as never)
      resolve(event.detail as Detail)
    }
    client.addEventListener(type, listener as never)
  })
}

export async function texts (client: Client, options: Parameters<Client['messages']>[0] = {}): Promise<string[]> {
  const lines: ChatMessage[] = []
  for await (const line of client.messages(options)) lines.push(line)
  return lines.map(({ text }) => text)
}

/** A bound on every wait of a test. */
export function soon (ms = 8000): { signal: AbortSignal } {
  return { signal: AbortSignal.timeout(ms) }
}
