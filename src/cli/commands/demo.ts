/** `posthouse demo`: the whole story on one machine. */
import { Command } from 'commander'
import { contextOf, type CommandContext } from '../context.ts'
import { CommandFailedError } from '../failures.ts'
import { addSharedOptions } from '../options.ts'
import type { Io } from '../io.ts'

export function demoCommand (io: Io): Command {
  const command = addSharedOptions(new Command('demo'))
    .description('five nodes, two people, a letter and a murder, on this machine')
  return command.action(async () => { await demo(await contextOf(io, command)) })
}

async function demo ({ io, out }: CommandContext): Promise<void> {
  const [{ Company }, { Stage }, { Story }] = await Promise.all([import('../demo/company.ts'), import('../demo/stage.ts'), import('../demo/story.ts')])
  const stage = new Stage(io, out)
  const company = await Company.gather()
  const stopped = new Promise<never>((_resolve, reject) => {
    io.stop.addEventListener('abort', () => { reject(new CommandFailedError('The demo was ended before its end; everything that it had started is gone.')) }, { once: true })
  })
  try {
    await stage.title('Posthouse: five nodes, two people, one letter that a dead node cannot lose')
    await Promise.race([new Story(stage, company).tell(), stopped])
  } finally {
    await company.disperse()
  }
}
