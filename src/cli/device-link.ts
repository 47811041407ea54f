/**
 * Both ends of linking a device. The one that is in already shows a code, as text and as a QR code, and waits until the other
 * is in; the new one asks with that code for everything it needs. Then history moves over, as long as both run.
 */
import { CLI_DEFAULTS } from './defaults.ts'
import { withAgent } from './agent/open.ts'
import { CommandFailedError } from './failures.ts'
import { HistoryMove, type MoveEnd, type Transfer } from './history-move.ts'
import { fromCommandLine, type UserOptions } from './options.ts'
import { clockTime } from './output.ts'
import { withProgress, type Progress } from './progress.ts'
import { paintedQrRow, qrRows } from './qr.ts'
import type { Agent, DeviceEntry } from './agent/calls.ts'
import type { CommandContext } from './context.ts'
import type { Output } from './output.ts'

export interface LinkOptions extends UserOptions { code?: string, node?: string[] }

type Context = CommandContext<LinkOptions>

/** Ends when the new device is in and has its history, or when the code has run out. */
export async function showCode (context: Context): Promise<void> {
  const { io, out } = context
  await withAgent(context, async agent => {
    await withMove(agent, context, async (move, progress) => {
      const { device } = await agent.call('invite', {}, {
        signal: io.stop,
        onEvent: async event => {
          if (event.type !== 'code') return
          await (out.json ? out.object({ event: 'code', code: event.code, expiresAt: event.expiresAt }) : sayCode(out, event))
          progress.say('waiting for the new device…')
        }
      })
      await sayLinked(out, device)
      progress.say('moving your history…')
      await sayEnd(out, await move.end())
    })
  })
}

/** Makes this data directory a further device of the user whose device shows the code. */
export async function beLinked (context: Context, code: string): Promise<void> {
  const { io, out, places } = context
  const [{ linkUser, refuseSecondUser }, { newPassphrase }, { decodeLinkCode }, { webCrypto }] = await Promise.all([
    import('./user-creation.ts'),
    import('./passphrase.ts'),
    import('../client/devices/link-code.ts'),
    import('../client/crypto.ts')
  ])
  await refuseSecondUser(places)
  // Before a passphrase is asked for.
  fromCommandLine(() => decodeLinkCode(code, webCrypto))
  const passphrase = await newPassphrase(context)
  const { userId, device } = await withProgress(io, 'asking your other device…', async () => await linkUser(context, { code, passphrase }))
  if (out.json) await out.object({ event: 'linked', userId, device })
  else await out.table([['your id', out.paint('bold', userId)], ['this device', device]])
  await withAgent(context, async agent => {
    await withMove(agent, context, async (move, progress) => {
      progress.say('your history comes over…')
      const end = await move.end()
      // The other device waits for our word that all of it is here.
      if (end === 'moved') await agent.call('settle', { timeoutMs: CLI_DEFAULTS.settleTimeoutMs }, { signal: io.stop })
      await sayEnd(out, end)
    })
  }, { start: false })
}

async function withMove (agent: Agent, { io, out }: Context, work: (move: HistoryMove, progress: Progress) => Promise<void>): Promise<void> {
  await withProgress(io, 'asking your nodes…', async progress => {
    const onProgress = async ({ done, total }: Transfer): Promise<void> => {
      progress.say(`history: ${done} of ${total}…`)
      if (out.json) await out.object({ event: 'transfer', done, total })
    }
    const move = new HistoryMove(agent, { signal: io.stop, onProgress })
    try {
      await work(move, progress)
    } finally {
      await move.close()
    }
  })
}

async function sayCode (out: Output, { code, expiresAt }: { code: string, expiresAt: number }): Promise<void> {
  await out.line('On the new machine:')
  await out.line()
  await out.line(`  posthouse device link --code ${out.paint('bold', code)}`)
  await out.line()
  for (const row of qrRows(code.replaceAll('-', ''))) await out.line(`  ${out.isTerminal ? paintedQrRow(row) : row}`)
  await out.line()
  await out.line(out.paint('dim', `Whoever has the code becomes you on another device: show it to nobody else. It is good until ${clockTime(expiresAt)}, for one device.`))
}

async function sayLinked (out: Output, device: DeviceEntry): Promise<void> {
  if (out.json) await out.object({ event: 'linked', device })
  else await out.line(`${out.paint('green', '✓')} ${device.id} is a device of yours now`)
}

async function sayEnd (out: Output, end: MoveEnd): Promise<void> {
  if (end === 'stopped') throw new CommandFailedError('ended before all history had moved: the rest follows while a client runs on both devices')
  if (end === 'stalled') throw new CommandFailedError('history does not go on, so the other device may be gone: the rest follows while a client runs on both devices')
  if (out.json) await out.object({ event: 'done', history: end })
  else await out.line(end === 'moved' ? `${out.paint('green', '✓')} history is complete` : 'There was no history to move, or it follows while a client runs on both devices.')
}
