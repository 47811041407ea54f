/**
 * A new identity, one brought back from its phrase, or a further device of one: all or nothing. Everything is made in a draft directory that takes its
 * place only when nodes serve the user and the route is published; a failure leaves no trace.
 */
import { randomBytes } from 'node:crypto'
import { access, mkdtemp, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient, type Client, type ClientInit } from '../client/index.ts'
import { IdentityError } from '../errors.ts'
import { writeKeyFile } from '../node/key-file.ts'
import { makePrivateDirectory } from '../store/private-directory.ts'
import { CLI_DEFAULTS } from './defaults.ts'
import { UsageError } from './failures.ts'
import { runningNode } from './node-status.ts'
import type { Places } from './places.ts'
import type { CommandContext } from './context.ts'
import type { UserOptions } from './options.ts'

export interface NewUser {
  userId: string
  nodes: string[]
  /** Only of a new identity: this is the one moment in which it exists. */
  recoveryPhrase?: string
}

export interface LinkedUser {
  userId: string
  /** This device's peer id. */
  device: string
}

interface NewUserInit {
  nodes: string[] | undefined
  phrase: string | undefined
  /** What the device key is encrypted with. */
  passphrase: string | undefined
}

/** nodes: exactly these, in this order; without them the bootstrap peers, or the node that runs on the same data directory, are asked. */
export async function createUser (context: CommandContext<UserOptions>, { nodes, phrase, passphrase }: NewUserInit): Promise<NewUser> {
  const bootstrap = await bootstrapOf(context)
  if (nodes === undefined && bootstrap.length === 0) {
    throw new UsageError('say which nodes to begin with: --bootstrap or --node MULTIADDR, or run `posthouse node` on the same --data first')
  }
  return await drafted(context, async draft => await fill(draft, context, { nodes, phrase, bootstrap, passphrase }))
}

/** A further device of the user whose other device shows the code. node: nodes to ask, besides the one that the code names. */
export async function linkUser (context: CommandContext<UserOptions & { node?: string[] }>, { code, passphrase }: { code: string, passphrase: string | undefined }): Promise<LinkedUser> {
  const bootstrap = [...context.options.node ?? [], ...await bootstrapOf(context)]
  return await drafted(context, async draft => {
    const client = await openDraft(draft, context, { linkCode: code, bootstrap, passphrase })
    try {
      return { userId: client.userId, device: client.device }
    } finally {
      await client.stop()
    }
  })
}

async function bootstrapOf ({ places, options }: CommandContext<UserOptions>): Promise<string[]> {
  return options.bootstrap ?? (await runningNode(places))?.addrs ?? []
}

/** What `work` makes takes its place when it is done, or leaves no trace. */
async function drafted<T> ({ places }: CommandContext<UserOptions>, work: (draft: string) => Promise<T>): Promise<T> {
  await makePrivateDirectory(places.data)
  const draft = await mkdtemp(join(places.data, 'user-draft-'))
  try {
    const made = await work(draft)
    await refuseSecondUser(places)
    await rename(draft, places.user.directory)
    await syncDirectory(places.data)
    return made
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw error
  }
}

async function openDraft (draft: string, context: CommandContext<UserOptions>, { passphrase, ...init }: Pick<ClientInit, 'bootstrap' | 'nodes' | 'phrase' | 'linkCode'> & { passphrase: string | undefined }): Promise<Client> {
  const deviceSeed = randomBytes(32)
  await writeKeyFile(join(draft, 'device.key'), deviceSeed, passphrase)
  return await createClient({
    store: join(draft, 'store'),
    deviceSeed,
    start: false,
    logger: await context.logger('warn'),
    ...init,
    ...context.options.network !== undefined && { network: context.options.network }
  })
}

async function fill (draft: string, context: CommandContext<UserOptions>, { nodes, phrase, bootstrap, passphrase }: NewUserInit & { bootstrap: string[] }): Promise<NewUser> {
  const client = await openDraft(draft, context, { bootstrap, passphrase, ...nodes !== undefined && { nodes }, ...phrase !== undefined && { phrase } })
  try {
    await client.start()
    const signal = AbortSignal.any([context.io.stop, AbortSignal.timeout(CLI_DEFAULTS.registerTimeoutMs)])
    const registered = await client.register({ signal })
    return { userId: client.userId, nodes: registered.nodes, ...client.recoveryPhrase !== undefined && { recoveryPhrase: client.recoveryPhrase } }
  } finally {
    await client.stop()
  }
}

/** A data directory has one user. */
export async function refuseSecondUser ({ data, user }: Places): Promise<void> {
  const exists = await access(user.key).then(() => true, () => false)
  if (exists) throw new IdentityError(`there is a user in ${data} already: \`posthouse user show\` names it, and another --data makes room for another`)
}

/** A new name is durable when its directory is; Windows has no such thing. */
async function syncDirectory (path: string): Promise<void> {
  if (process.platform === 'win32') return
  const directory = await open(path)
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
