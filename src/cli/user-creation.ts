/**
 * A new identity, or one brought back from its phrase: all or nothing. Everything is made in a draft directory that takes its
 * place only when nodes serve the user and the route is published; a failure leaves no trace.
 */
import { randomBytes } from 'node:crypto'
import { access, mkdtemp, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '../client/index.ts'
import { IdentityError } from '../errors.ts'
import { writeKeyFile } from '../node/key-file.ts'
import { CLI_DEFAULTS } from './defaults.ts'
import { UsageError } from './failures.ts'
import { runningNode } from './node-status.ts'
import { makePrivateDirectory, type Places } from './places.ts'
import type { CommandContext } from './context.ts'
import type { UserOptions } from './options.ts'

export interface NewUser {
  userId: string
  nodes: string[]
  /** Only of a new identity: this is the one moment in which it exists. */
  recoveryPhrase?: string
}

interface NewUserInit {
  nodes: string[] | undefined
  phrase: string | undefined
  /** What the device key is encrypted with. */
  passphrase: string | undefined
}

/** nodes: exactly these, in this order; without them the bootstrap peers, or the node that runs on the same data directory, are asked. */
export async function createUser (context: CommandContext<UserOptions>, { nodes, phrase, passphrase }: NewUserInit): Promise<NewUser> {
  const { places, options } = context
  const bootstrap = options.bootstrap ?? (await runningNode(places))?.addrs ?? []
  if (nodes === undefined && bootstrap.length === 0) {
    throw new UsageError('say which nodes to begin with: --bootstrap or --node MULTIADDR, or run `posthouse node` on the same --data first')
  }
  await makePrivateDirectory(places.data)
  const draft = await mkdtemp(join(places.data, 'user-draft-'))
  try {
    const user = await fill(draft, context, { nodes, phrase, bootstrap, passphrase })
    await refuseSecondUser(places)
    await rename(draft, places.user.directory)
    await syncDirectory(places.data)
    return user
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw error
  }
}

async function fill (draft: string, context: CommandContext<UserOptions>, { nodes, phrase, bootstrap, passphrase }: NewUserInit & { bootstrap: string[] }): Promise<NewUser> {
  const deviceSeed = randomBytes(32)
  await writeKeyFile(join(draft, 'device.key'), deviceSeed, passphrase)
  const client = await createClient({
    store: join(draft, 'store'),
    deviceSeed,
    bootstrap,
    start: false,
    logger: await context.logger('warn'),
    ...nodes !== undefined && { nodes },
    ...phrase !== undefined && { phrase },
    ...context.options.network !== undefined && { network: context.options.network }
  })
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
