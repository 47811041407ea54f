/** `posthouse user new|show|restore|verify`: the identity of a data directory, and how it is compared with another. */
import { Command, Option } from 'commander'
import { withAgent } from '../agent/open.ts'
import { contextOf, type CommandContext } from '../context.ts'
import { CLI_DEFAULTS } from '../defaults.ts'
import { CommandFailedError } from '../failures.ts'
import { addUserOptions, checkPeers, collect, type UserOptions } from '../options.ts'
import { askSecret, readAll } from '../prompts.ts'
import { withProgress } from '../progress.ts'
import { paintedQrRow, qrRows } from '../qr.ts'
import { safetyCodeRows } from '../safety-code.ts'
import { printable, type Output } from '../output.ts'
import type { Io } from '../io.ts'
import type { NewUser } from '../user-creation.ts'

interface NewUserOptions extends UserOptions { node?: string[] }

export function userCommand (io: Io): Command {
  return new Command('user')
    .description('your identity')
    .helpCommand(false)
    .addCommand(newCommand(io))
    .addCommand(showCommand(io))
    .addCommand(restoreCommand(io))
    .addCommand(verifyCommand(io))
}

function newCommand (io: Io): Command {
  const command = addUserOptions(new Command('new'))
    .description('make an identity and register it with nodes')
    .addOption(nodeOption())
  return command.action(async () => {
    const context = await contextOf<NewUserOptions>(io, command)
    const user = await make(context, undefined)
    await (context.out.json ? context.out.object(user) : sayNew(context.out, user))
  })
}

function showCommand (io: Io): Command {
  const command = addUserOptions(new Command('show')).description('show your id')
  return command.action(async () => {
    const context = await contextOf<UserOptions>(io, command)
    const { userId } = await withAgent(context, async agent => await agent.call('whoami', {}), { start: false })
    await (context.out.json ? context.out.object({ userId }) : context.out.line(userId))
  })
}

function restoreCommand (io: Io): Command {
  const command = addUserOptions(new Command('restore'))
    .description('bring an identity back from its recovery phrase, asked for or read from standard input; your earlier devices are shut out')
    .addOption(nodeOption())
  return command.action(async () => {
    const context = await contextOf<NewUserOptions>(io, command)
    const phrase = io.stdin.isTTY === true
      ? await askSecret(io, 'recovery phrase, 24 words: ')
      : await readAll(io, CLI_DEFAULTS.secretBytes, 'the recovery phrase')
    const { userId, nodes } = await make(context, phrase)
    await (context.out.json ? context.out.object({ userId, nodes }) : sayRestored(context.out, { userId, nodes }))
  })
}

function verifyCommand (io: Io): Command {
  const command = addUserOptions(new Command('verify'))
    .description('show the safety code that you and another user compare')
    .argument('<user>', 'did:key:z6Mk…, or the name that you gave')
  return command.action(async (userText: string) => {
    const context = await contextOf<UserOptions>(io, command)
    const { Names, whom } = await import('../naming.ts')
    const find = await whom(userText)
    const { user, name, code } = await withAgent(context, async agent => await withProgress(io, 'asking for the user’s devices…', async () => {
      const user = await find(agent)
      return { user, name: (await Names.of(agent)).of(user), ...await agent.call('safetyCode', { user }, { signal: io.stop }) }
    }))
    if (code === undefined) throw new CommandFailedError(`the devices of ${user} are not known yet: write to each other first, or try again when a node can be reached`)
    await (context.out.json ? context.out.object({ userId: user, safetyCode: code }) : saySafetyCode(context.out, code, { user, name }))
  })
}

async function saySafetyCode (out: Output, code: string, { user, name }: { user: string, name: string }): Promise<void> {
  if (name !== '') await out.line(`  ${printable(name)}  ${out.paint('dim', user)}\n`)
  for (const row of safetyCodeRows(code)) await out.line(`  ${out.paint('bold', row)}`)
  await out.line()
  for (const row of qrRows(code)) await out.line(`  ${out.isTerminal ? paintedQrRow(row) : row}`)
  await out.line()
  await out.line(out.paint('dim', 'Both of you see the same digits when nobody sits between you: compare them face to face, or by voice.'))
}

function nodeOption (): Option {
  return new Option('--node <multiaddr>', 'a node that is to serve you, most wanted first; may be given several times').argParser(collect)
}

async function make (context: CommandContext<NewUserOptions>, phrase: string | undefined): Promise<NewUser> {
  const { io, options } = context
  await checkPeers('--node', options.node ?? [])
  const [{ createUser, refuseSecondUser }, { newPassphrase }] = await Promise.all([import('../user-creation.ts'), import('../passphrase.ts')])
  await refuseSecondUser(context.places)
  const passphrase = await newPassphrase(context)
  return await withProgress(io, 'registering with nodes…', async () => await createUser(context, { nodes: options.node, phrase, passphrase }))
}

async function sayNew (out: Output, { userId, nodes, recoveryPhrase }: NewUser): Promise<void> {
  await sayWho(out, { userId, nodes })
  if (recoveryPhrase === undefined) return
  await out.line()
  await out.line(`${out.paint('bold', 'Your recovery phrase')} is the account: whoever has it is you. It is not kept and not shown again, so write it down.`)
  await out.line()
  const words = recoveryPhrase.split(' ').map((word, at) => `${out.paint('dim', String(at + 1).padStart(2))} ${word.padEnd(9)}`)
  for (let row = 0; row < words.length; row += 6) await out.line(`  ${words.slice(row, row + 6).join(' ').trimEnd()}`)
}

async function sayRestored (out: Output, user: { userId: string, nodes: string[] }): Promise<void> {
  await sayWho(out, user)
  await out.line()
  await out.line('Mail that nobody had collected comes by itself. Your other devices are yours no more; the history on one of them comes with an export from there.')
}

async function sayWho (out: Output, { userId, nodes }: { userId: string, nodes: string[] }): Promise<void> {
  await out.table([
    ['your id', out.paint('bold', userId)],
    ...nodes.map((node, at) => [at === 0 ? 'served by' : '', node] as const)
  ])
}
