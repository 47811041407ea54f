/**
 * Names at the terminal: whom a word on the command line means, and how somebody is called where a person reads. Whoever
 * has no name goes by the ends of their id.
 */
import { foldName } from '../client/petnames.ts'
import { CommandFailedError, UsageError } from './failures.ts'
import { cutToColumns } from './columns.ts'
import { checkUserId } from './options.ts'
import { printable, shortId } from './output.ts'
import type { Agent, ContactEntry } from './agent/calls.ts'

/** Columns of a name in front of what its owner says; the rest is cut off. */
const NAME_COLUMNS_MAX = 24
/** Ids that a sentence names. */
const IDS_TOLD_MAX = 4

/** Who is called what. */
export class Names {
  readonly #names = new Map<string, string>()

  static async of (agent: Agent): Promise<Names> {
    const names = new Names()
    await names.load(agent)
    return names
  }

  async load (agent: Agent): Promise<void> {
    const entries: ContactEntry[] = []
    await agent.call('contacts', {}, { onEvent: entry => { entries.push(entry) } })
    this.replace(entries)
  }

  /** All there are. */
  replace (entries: readonly ContactEntry[]): void {
    this.#names.clear()
    for (const { userId, name } of entries) this.set(userId, name)
  }

  /** '' takes the name away. */
  set (userId: string, name: string): void {
    if (name === '') this.#names.delete(userId)
    else this.#names.set(userId, name)
  }

  /** As it was given; '' when there is none. */
  of (userId: string): string { return this.#names.get(userId) ?? '' }

  /** For a row of text: printable, and not too long. Undefined when there is none. */
  shown (userId: string): string | undefined {
    const name = this.#names.get(userId)
    return name === undefined ? undefined : cutToColumns(printable(name), NAME_COLUMNS_MAX)
  }

  /** The name or the ends of the id. */
  called (userId: string): string { return this.shown(userId) ?? shortId(userId) }

  /** Where somebody is chosen or verified: both. */
  introduced (userId: string): string {
    const name = this.shown(userId)
    return name === undefined ? shortId(userId) : `${name} (${shortId(userId)})`
  }

  /** Those who are called so, however it is composed and in whatever case. */
  all (name: string): string[] {
    const wanted = foldName(name)
    return [...this.#names].filter(([, known]) => foldName(known) === wanted).map(([userId]) => userId)
  }

  /** The one who is called so. Throws UsageError when nobody is, as for any word that is no user, and CommandFailedError when several are. */
  find (name: string): string {
    const found = this.all(name)
    const [user, ...others] = found
    const told = `“${printable(name).slice(0, 80)}”`
    if (user === undefined) throw new UsageError(`nobody is called ${told} here: \`posthouse contact list\` shows your names, and an id begins with did:key:z6Mk`)
    if (others.length > 0) throw new CommandFailedError(`${told} is the name of ${found.length} contacts (${found.slice(0, IDS_TOLD_MAX).map(shortId).join(', ')}): write the id of the one you mean, or give one another name`)
    return user
  }
}

/**
 * Whom a word means. What looks like an id always is one, and is checked at once: UsageError when it is not right. A name is
 * looked up by whoever has the store.
 */
export async function whom (text: string): Promise<(agent: Agent) => Promise<string>> {
  if (!/did:key:/i.test(text)) return async agent => (await Names.of(agent)).find(text)
  const user = await checkUserId(text)
  return async () => user
}
