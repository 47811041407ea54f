/**
 * The process that one device lives in: a client with its store on disk, told over the ipc channel what to do. It
 * tells what it shows; how it ends is not its own affair, SIGKILL included.
 */
import { createClient, type Client, type UserId } from '../../src/client/index.ts'
import { answerCalls } from '../../bench/calls.ts'
import type { Line, OpenInit } from './line.ts'

let client: Client | undefined

answerCalls({
  open: async ({ store, nodes, linkCode }: OpenInit): Promise<UserId> => {
    const opened = await createClient({ store, nodes, bootstrap: nodes, ...linkCode === undefined ? {} : { linkCode } })
    client = opened
    opened.addEventListener('message', ({ detail: { id } }) => { process.send?.({ shown: id }) })
    opened.addEventListener('warning', ({ detail }) => { process.send?.({ warning: detail }) })
    if (opened.status().nodes.length === 0) await opened.register()
    return opened.userId
  },
  invite: async (): Promise<string> => (await running().invite()).code,
  devices: (): number => running().devices().length,
  send: async ({ to, text }: { to: UserId, text: string }): Promise<string> => (await (await running().chat(to)).send(text)).id,
  /** Reacts to the newest line; false when there is none. */
  react: async ({ to, emoji }: { to: UserId, emoji: string }): Promise<boolean> => {
    const chat = await running().chat(to)
    const [last] = await chat.history({ limit: 1 })
    if (last === undefined) return false
    await chat.react(last.id, emoji)
    return true
  },
  history: async (of: UserId): Promise<Line[]> => {
    const lines = await (await running().chat(of)).history({ limit: Infinity })
    return lines.map(({ id, text, parents, missing, reactions }) => ({ id, text, parents, missing, reactions: reactions.map(({ emoji, from }) => `${emoji} ${from.toSorted().join(' ')}`).toSorted() }))
  },
  stop: async (): Promise<void> => { await client?.stop() }
})

function running (): Client {
  if (client === undefined) throw new Error('the device has not been opened')
  return client
}
