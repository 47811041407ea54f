/** `posthouse chat [USER]`: conversations on a terminal's screen, or on a pipe one line a message. */
import { Command, Option } from 'commander'
import { withAgent } from '../agent/open.ts'
import { contextOf } from '../context.ts'
import { addUserOptions, type UserOptions } from '../options.ts'
import type { Io } from '../io.ts'

interface ChatOptions extends UserOptions { plain?: true }

export function chatCommand (io: Io): Command {
  const command = addUserOptions(new Command('chat'))
    .description('write to and fro')
    .argument('[user]', 'did:key:z6Mk…, or the name that you gave; on a terminal, the chat used last when left out')
    .addOption(new Option('--plain', 'line by line on a terminal too'))
  return command.action(async (userText: string | undefined) => {
    const context = await contextOf<ChatOptions>(io, command)
    const { out, err, options } = context
    const [{ whom }, { chat }] = await Promise.all([import('../naming.ts'), import('../chat/chat.ts')])
    const find = userText === undefined ? undefined : await whom(userText)
    await withAgent(context, async agent => { await chat({ agent, user: await find?.(agent), io, out, err, plain: options.plain === true }) })
  })
}
