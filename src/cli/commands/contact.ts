/** `posthouse contact name|list`: what you call others. Nobody but your own devices is told. */
import { Command, Option } from 'commander'
import { withAgent } from '../agent/open.ts'
import { contextOf, type CommandContext } from '../context.ts'
import { CLI_DEFAULTS } from '../defaults.ts'
import { UsageError } from '../failures.ts'
import { addUserOptions, fromCommandLine, type UserOptions } from '../options.ts'
import { printable, shortId, type Output } from '../output.ts'
import type { ContactEntry } from '../agent/calls.ts'
import type { Io } from '../io.ts'

interface NameOptions extends UserOptions { remove?: true }

export function contactCommand (io: Io): Command {
  return new Command('contact')
    .description('what you call others')
    .helpCommand(false)
    .addCommand(nameCommand(io))
    .addCommand(listCommand(io))
}

function nameCommand (io: Io): Command {
  const command = addUserOptions(new Command('name'))
    .description('give somebody a name, on all your devices and nowhere else: every command takes it instead of the id')
    .argument('<user>', 'did:key:z6Mk…, or the name so far')
    .argument('[name]', 'what you call them from now on')
    .addOption(new Option('--remove', 'take the name away'))
  return command.action(async (user: string, name: string | undefined) => { await giveName(await contextOf<NameOptions>(io, command), user, name) })
}

async function giveName (context: CommandContext<NameOptions>, userText: string, nameText: string | undefined): Promise<void> {
  const { out, options } = context
  const isRemoved = options.remove === true
  if (isRemoved === (nameText !== undefined)) throw new UsageError('say either a name, or --remove')
  if (nameText?.trim() === '') throw new UsageError('the name is empty: --remove takes a name away')
  const [{ nameFrom }, { Names, whom }] = await Promise.all([import('../../client/petnames.ts'), import('../naming.ts')])
  const name = fromCommandLine(() => nameFrom(nameText ?? ''))
  const find = await whom(userText)
  const { user, namesakes } = await withAgent(context, async agent => {
    const user = await find(agent)
    await agent.call('nameContact', { user, name })
    // Own devices hear of it by mail, which any running client sends; a moment for it does no harm.
    const { devices } = await agent.call('devices', {})
    if (devices.length > 1) await agent.call('settle', { timeoutMs: CLI_DEFAULTS.marksTimeoutMs })
    return { user, namesakes: name === '' ? 0 : (await Names.of(agent)).all(name).length }
  })
  if (out.json) return await out.object({ userId: user, name })
  await out.line(`${out.paint('green', '✓')} ${shortId(user)} ${name === '' ? 'has no name any more' : `is called ${printable(name)}`}`)
  if (namesakes > 1) await out.line(out.paint('dim', `${namesakes} of your contacts are called so: commands will ask for the id of the one you mean`))
}

function listCommand (io: Io): Command {
  const command = addUserOptions(new Command('list')).description('show whom you know, and what you call them')
  return command.action(async () => {
    const context = await contextOf<UserOptions>(io, command)
    const { out } = context
    const contacts: ContactEntry[] = []
    await withAgent(context, async agent => await agent.call('contacts', {}, { onEvent: contact => { contacts.push(contact) } }), { start: false })
    if (out.json) for (const contact of contacts) await out.object(contact)
    else await sayContacts(out, contacts)
  })
}

/** Columns of a name in the list; a longer one stands out. */
const NAME_COLUMNS_MAX = 32

async function sayContacts (out: Output, contacts: readonly ContactEntry[]): Promise<void> {
  if (contacts.length === 0) return await out.line(out.paint('dim', 'You know nobody yet: write to somebody, or give an id a name with `posthouse contact name`.'))
  const { default: stringWidth } = await import('string-width')
  const rows = contacts.map(({ userId, name }) => ({ userId, name: name === '' ? '–' : printable(name) }))
  const width = Math.min(NAME_COLUMNS_MAX, Math.max(...rows.map(({ name }) => stringWidth(name))))
  for (const { userId, name } of rows) await out.line(`${name}${' '.repeat(Math.max(0, width - stringWidth(name)))}  ${out.paint('dim', userId)}`)
}
