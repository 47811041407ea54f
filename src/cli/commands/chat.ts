/** `posthouse chat USER`: a conversation in a terminal, or on a pipe one line a message. */
import { Command } from 'commander'
import { withAgent } from '../agent/open.ts'
import { contextOf } from '../context.ts'
import { addUserOptions, checkUserId, type UserOptions } from '../options.ts'
import type { Io } from '../io.ts'

export function chatCommand (io: Io): Command {
  const command = addUserOptions(new Command('chat'))
    .description('write to and fro')
    .argument('<user>', 'did:key:z6Mk…')
  return command.action(async (userText: string) => {
    const context = await contextOf<UserOptions>(io, command)
    const user = await checkUserId(userText)
    const { Chat } = await import('../chat/chat.ts')
    await withAgent(context, async agent => { await new Chat({ agent, user, io, out: context.out }).run() })
  })
}
