/** `posthouse drain`: has the node of a data directory leave, and waits until it has gone. */
import { setTimeout as delay } from 'node:timers/promises'
import { Command } from 'commander'
import { z } from 'zod'
import { CLI_DEFAULTS } from '../defaults.ts'
import { contextOf, type CommandContext } from '../context.ts'
import { checkReport, progressText, reportText } from '../departure.ts'
import { CommandFailedError } from '../failures.ts'
import { addSharedOptions, type SharedOptions } from '../options.ts'
import { controlSocketOf } from '../places.ts'
import { withProgress } from '../progress.ts'
import type { Io } from '../io.ts'

const Count = z.object({ done: z.number(), total: z.number() })
const Progress = z.object({ envelopes: Count, bytes: Count, mailboxes: Count })
const Drained = z.object({
  pid: z.number(),
  report: z.object({
    handedOver: z.number(),
    collected: z.number(),
    kept: z.number(),
    lacking: z.array(z.object({ mailbox: z.string(), envelopes: z.number() })),
    lackingEnvelopes: z.number(),
    damagedEnvelopes: z.number(),
    mailboxes: z.number(),
    devices: z.number(),
    seconds: z.number()
  })
})

export function drainCommand (io: Io): Command {
  const command = addSharedOptions(new Command('drain'))
    .description('have the node leave: its devices go elsewhere, its mail is handed over')
  return command.action(async () => { await drain(await contextOf(io, command)) })
}

async function drain ({ io, out, places }: CommandContext<SharedOptions>): Promise<void> {
  const { connectControl, OwnerGoneError } = await import('../control/connection.ts')
  const socket = await controlSocketOf(places.node)
  const connection = socket === undefined ? undefined : await connectControl(socket)
  if (connection === undefined) throw new CommandFailedError(`no node runs in ${places.data}`)
  try {
    const { pid, report } = await withProgress(io, 'the node drains…', async ({ say }) => Drained.parse(await connection.call('drain', {}, {
      signal: io.stop,
      onEvent: async event => {
        const progress = Progress.parse(event)
        if (out.json) await out.object({ event: 'draining', ...progress })
        else say(progressText(progress))
      }
    })))
    await gone(pid)
    if (out.json) await out.object({ event: 'drained', ...report })
    else await out.line(`${out.paint('dim', '○')} ${reportText(report)}`)
    checkReport(report)
  } catch (error) {
    if (error instanceof OwnerGoneError) throw new CommandFailedError('the node ended before it had drained')
    throw error
  } finally {
    await connection.close()
  }
}

/** It has let go of its disk by now, and only its last line is left to be written. */
async function gone (pid: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < CLI_DEFAULTS.closeGraceMs && isAlive(pid); waitedMs += CLI_DEFAULTS.attachRetryMs) await delay(CLI_DEFAULTS.attachRetryMs)
}

function isAlive (pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
