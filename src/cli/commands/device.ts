/** `posthouse device link|list|revoke`: the devices of one user. */
import { Command, Option } from 'commander'
import { withAgent } from '../agent/open.ts'
import { contextOf, type CommandContext } from '../context.ts'
import { CLI_DEFAULTS } from '../defaults.ts'
import { CommandFailedError, UsageError } from '../failures.ts'
import { addUserOptions, checkPeers, collect, type UserOptions } from '../options.ts'
import { calendarDate } from '../output.ts'
import { askSecret, readAll, readSecretFile } from '../prompts.ts'
import { withProgress } from '../progress.ts'
import type { DeviceEntry } from '../agent/calls.ts'
import type { LinkOptions } from '../device-link.ts'
import type { Io } from '../io.ts'

interface RevokeOptions extends UserOptions { phraseFile?: string }

export function deviceCommand (io: Io): Command {
  return new Command('device')
    .description('your devices')
    .helpCommand(false)
    .addCommand(linkCommand(io))
    .addCommand(listCommand(io))
    .addCommand(revokeCommand(io))
}

function linkCommand (io: Io): Command {
  const command = addUserOptions(new Command('link'))
    .description('show a code by which another machine becomes a device of yours; or, with --code, become one')
    .addOption(new Option('--code <code>', 'the code that your other device shows: this machine becomes a device of yours'))
    .addOption(new Option('--node <multiaddr>', 'with --code: one of your nodes, where the code names none that can be reached').argParser(collect))
  return command.action(async () => {
    const context = await contextOf<LinkOptions>(io, command)
    const { code, node } = context.options
    if (code === undefined && node !== undefined) throw new UsageError('--node is for the new device: give it together with --code')
    await checkPeers('--node', node ?? [])
    const { beLinked, showCode } = await import('../device-link.ts')
    await (code === undefined ? showCode(context) : beLinked(context, code))
  })
}

function listCommand (io: Io): Command {
  const command = addUserOptions(new Command('list')).description('show your devices')
  return command.action(async () => {
    const context = await contextOf<UserOptions>(io, command)
    const { out } = context
    const { devices } = await withAgent(context, async agent => await agent.call('devices', {}), { start: false })
    if (!out.json) await out.table(devices.map(device => [device.id, textOf(device)]))
    else for (const device of devices) await out.object(device)
  })
}

function revokeCommand (io: Io): Command {
  const command = addUserOptions(new Command('revoke'))
    .description('shut a device out for good: needs the recovery phrase, asked for or read from standard input')
    .argument('<device>', 'as `posthouse device list` names it, or the end of that')
    .addOption(new Option('--phrase-file <file>', 'read the recovery phrase from the first line of a file'))
  return command.action(async (device: string) => { await revoke(await contextOf<RevokeOptions>(io, command), device) })
}

async function revoke (context: CommandContext<RevokeOptions>, name: string): Promise<void> {
  const { io, out, options } = context
  await withAgent(context, async agent => {
    const { devices } = await agent.call('devices', {})
    const device = deviceNamed(name, devices)
    const phrase = await phraseFrom(io, options)
    await withProgress(io, 'making new keys and telling your nodes…', async () => await agent.call('revoke', { device: device.id, phrase }))
    if (out.json) await out.object({ revoked: device.id })
    else await out.line(`${out.paint('green', '✓')} ${device.id} is out: it gets nothing any more, and what it has stays with it`)
  })
}

/** Throws a sentence when it is none of them, or not one alone, or this one. */
function deviceNamed (name: string, devices: readonly DeviceEntry[]): DeviceEntry {
  const found = devices.filter(({ id }) => id === name || (name.length >= NAME_CHARACTERS_MIN && id.endsWith(name)))
  const [device] = found
  if (device === undefined) throw new CommandFailedError(`none of your devices is called ${name.slice(0, 80)}: \`posthouse device list\` names them`)
  if (found.length > 1) throw new CommandFailedError(`${name} is the end of several devices’ names: give more of it`)
  if (device.isThis) throw new CommandFailedError('this is the device that you are using: revoke it from another one, or restore your identity elsewhere by its phrase')
  return device
}

/** The end of a name that is taken for the name. */
const NAME_CHARACTERS_MIN = 4

async function phraseFrom (io: Io, { phraseFile }: RevokeOptions): Promise<string> {
  if (phraseFile !== undefined) return await readSecretFile(phraseFile)
  return io.stdin.isTTY === true ? await askSecret(io, 'recovery phrase, 24 words: ') : await readAll(io, CLI_DEFAULTS.secretBytes, 'the recovery phrase')
}

function textOf ({ isThis, linkedAt }: DeviceEntry): string {
  return `since ${calendarDate(linkedAt)}${isThis ? ', this device' : ''}`
}
