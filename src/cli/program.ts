/** The tree of commands. Each file under commands/ holds one, with its options; what it needs to run is loaded when it runs. */
import { Command } from 'commander'
import { version } from './package-root.ts'
import { addSharedOptions } from './options.ts'
import { chatCommand } from './commands/chat.ts'
import { contactCommand } from './commands/contact.ts'
import { demoCommand } from './commands/demo.ts'
import { deviceCommand } from './commands/device.ts'
import { drainCommand } from './commands/drain.ts'
import { exportCommand, importCommand } from './commands/export.ts'
import { inboxCommand } from './commands/inbox.ts'
import { nodeCommand } from './commands/node.ts'
import { routeCommand } from './commands/route.ts'
import { sendCommand } from './commands/send.ts'
import { statusCommand } from './commands/status.ts'
import { userCommand } from './commands/user.ts'
import type { Io } from './io.ts'

export function createProgram (io: Io): Command {
  const program = addSharedOptions(new Command('posthouse'), { environment: false })
    .description('A decentralized instant-messaging node, and the mail that waits on it.')
    .version(version(), '-V, --version')
    .helpCommand(false)
  for (const command of [nodeCommand, userCommand, contactCommand, deviceCommand, routeCommand, sendCommand, inboxCommand, chatCommand, exportCommand, importCommand, statusCommand, drainCommand, demoCommand]) {
    program.addCommand(command(io))
  }
  everyCommand(program, command => {
    command
      .exitOverride()
      .showHelpAfterError(false)
      .allowExcessArguments(false)
      .configureOutput({
        writeOut: text => { io.stdout.write(text) },
        // main() writes the sentence.
        writeErr: () => {},
        getOutHelpWidth: () => io.stdout.columns ?? 100
      })
  })
  return program
}

function everyCommand (command: Command, change: (command: Command) => void): void {
  change(command)
  for (const inner of command.commands) everyCommand(inner, change)
}
