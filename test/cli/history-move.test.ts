import assert from 'node:assert/strict'
import { once } from 'node:events'
import { HistoryMove } from '../../src/cli/history-move.ts'
import type { Agent, AgentCallOptions, Happening } from '../../src/cli/agent/calls.ts'

describe('cli/history-move', () => {
  let tell: (done: number, total: number) => Promise<void>

  function moveOf (init: { startMs?: number, silenceMs?: number, signal?: AbortSignal } = {}): HistoryMove {
    const agent = {
      call: async (_method: string, _params: unknown, { signal, onEvent }: AgentCallOptions<'watch'>) => {
        tell = async (done, total) => { await onEvent?.({ type: 'transfer', done, total } satisfies Happening) }
        await once(signal as AbortSignal, 'abort')
      },
      close: async () => {}
    } as unknown as Agent
    return new HistoryMove(agent, { signal: new AbortController().signal, onProgress: () => {}, ...init })
  }

  it('is over when all has moved, also what moved before one waited', async () => {
    const move = moveOf()
    const ended = move.end()
    await tell(1, 3)
    await tell(3, 3)
    assert.equal(await ended, 'moved')
    await move.close()
    const early = moveOf()
    await tell(2, 2)
    assert.equal(await early.end(), 'moved')
    await early.close()
  })

  it('does not wait for what does not begin, or does not go on', async () => {
    const none = moveOf({ startMs: 10 })
    assert.equal(await none.end(), 'none')
    await none.close()
    const stalled = moveOf({ silenceMs: 10 })
    await tell(1, 3)
    assert.equal(await stalled.end(), 'stalled')
    await stalled.close()
  })

  it('ends with its signal', async () => {
    const move = moveOf({ signal: AbortSignal.timeout(10) })
    assert.equal(await move.end(), 'stopped')
    await move.close()
  })
})
