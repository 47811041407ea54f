import assert from 'node:assert/strict'
import { defaultLogger } from '@libp2p/logger'
import { Registering } from '../../src/client/registering.ts'
import type { Abortable } from '../../src/ports.ts'
import type { Registered } from '../../src/client/registration.ts'

interface Asked { nodes: string[] | undefined, done: PromiseWithResolvers<Registered> }

describe('client/registering', () => {
  const REGISTERED: Registered = { nodes: [], copies: 1 }
  let asked: Asked[]
  let ended: number
  let stopping: AbortController
  let registering: Registering

  beforeEach(() => {
    asked = []
    ended = 0
    stopping = new AbortController()
    const register = async ({ nodes, signal }: { nodes?: string[] | undefined } & Abortable = {}): Promise<Registered> => {
      const done = Promise.withResolvers<Registered>()
      signal?.addEventListener('abort', () => { done.reject(signal.reason as Error) })
      asked.push({ nodes, done })
      return await done.promise
    }
    registering = new Registering({ registration: { register, place: async () => REGISTERED }, stopping: stopping.signal, log: defaultLogger().forComponent('test'), ended: () => { ended++ } })
  })

  const outcomes = async (...calls: Array<Promise<Registered>>): Promise<string[]> => (await Promise.allSettled(calls)).map(({ status }) => status)

  it('makes one registration of those that want the same', async () => {
    const [first, second] = [registering.register(), registering.register()]
    assert.ok(registering.isBusy)
    asked[0]?.done.resolve(REGISTERED)
    assert.deepEqual(await outcomes(first, second), ['fulfilled', 'fulfilled'])
    assert.deepEqual([asked.length, ended, registering.isBusy], [1, 1, false])
  })

  it('the one that was asked for last stands, and the others are told', async () => {
    const calls = [registering.register(), registering.register({ nodes: ['a'] }), registering.register({ nodes: ['b'] })]
    const told = Promise.allSettled(calls)
    while (asked.at(-1)?.nodes?.[0] !== 'b') await new Promise(resolve => { setImmediate(resolve) })
    asked.at(-1)?.done.resolve(REGISTERED)
    assert.deepEqual((await told).map(({ status }) => status), ['rejected', 'rejected', 'fulfilled'])
    await assert.rejects(calls[1] as Promise<Registered>, /another registration takes its place/)
  })

  it('gives up waiting by the signal of whoever waits', async () => {
    const first = registering.register()
    const abort = new AbortController()
    const second = assert.rejects(registering.register({ signal: abort.signal }), /no time/)
    abort.abort(new Error('no time'))
    await second
    asked[0]?.done.resolve(REGISTERED)
    assert.deepEqual(await first, REGISTERED)
  })

  it('placement waits for another time, and all ends with the client', async () => {
    const first = registering.register()
    await assert.rejects(registering.place([], []), { name: 'ConnectionLostError' })
    const rejected = assert.rejects(first, /the client is stopping/)
    stopping.abort(new Error('the client is stopping'))
    await registering.settled()
    await rejected
    await registering.place([], [])
    assert.equal(ended, 2)
  })
})
