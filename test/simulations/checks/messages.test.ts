/** Checks of what becomes of messages, on scripted events: each kept, and each broken. */
import { equal, match } from 'node:assert/strict'
import { EXPIRY_HOURS, Script } from './scripted.ts'

describe('checks of messages', () => {
  let run: Script
  beforeEach(() => {
    run = new Script()
    run.on('a')
    run.on('b')
  })

  /** From a to b, told to be stored. */
  const stored = (id: string): void => {
    run.written(id)
    run.state(id, 'stored', { nodes: ['n1', 'n2'] })
  }

  describe('stored-is-shown', () => {
    it('is kept when what was stored is shown', () => {
      stored('a>b/1')
      run.shown('a>b/1')
      const { kept, figure, of } = run.verdict('stored-is-shown')
      equal(kept, true)
      equal(figure, 0)
      equal(of, 1)
    })

    it('does not count what was never said to be stored', () => {
      run.written('a>b/1')
      run.state('a>b/1', 'accepted', { nodes: ['n1'] })
      equal(run.verdict('stored-is-shown').of, 0)
    })

    it('breaks when it is never shown, and says when and which', () => {
      run.now = 1.5
      stored('a>b/1')
      const { kept, figure, examples: [example = ''] } = run.verdict('stored-is-shown')
      equal(kept, false)
      equal(figure, 1)
      match(example, /^01:30:00\.000 message a>b\/1 of .* not shown by the end$/)
    })

    it('breaks when it is shown after its expiry only', () => {
      stored('a>b/1')
      run.now = EXPIRY_HOURS
      run.shown('a>b/1')
      equal(run.verdict('stored-is-shown').kept, false)
    })

    it('counts senders who left for good apart, and nothing for readers who did', () => {
      stored('a>b/1')
      stored('b>a/2')
      run.off('a', { left: true })
      equal(run.verdict('stored-is-shown').of, 0)
      equal(run.verdict('lost-sender-gone').figure, 1)
      equal(run.verdict('lost-sender-gone').of, 1)
    })

    it('is kept by what was delivered without ever being told to be stored', () => {
      run.written('a>b/1')
      run.shown('a>b/1')
      run.state('a>b/1', 'delivered')
      equal(run.verdict('stored-is-shown').of, 1)
      equal(run.verdict('stored-is-shown').kept, true)
    })

    it('tells only the first few in words', () => {
      for (let n = 0; n < 9; n++) stored(`a>b/${n}`)
      equal(run.verdict('stored-is-shown').figure, 9)
      equal(run.verdict('stored-is-shown').examples.length, 5)
    })
  })

  describe('shown-once', () => {
    it('is kept by one showing on each device', () => {
      run.shown('a>b/1')
      run.shown('a>c/2')
      equal(run.verdict('shown-once').kept, true)
      equal(run.verdict('shown-once').of, 2)
    })

    it('breaks by a second, also after a restart', () => {
      run.shown('a>b/1')
      run.off('b')
      run.on('b')
      run.shown('a>b/1')
      equal(run.verdict('shown-once').figure, 1)
    })
  })

  describe('causal-order', () => {
    it('is kept by parents that were shown or written before', () => {
      run.shown('a>b/1')
      run.written('b>a/2', ['a>b/1'])
      run.shown('a>b/3', { parents: ['a>b/1', 'b>a/2'] })
      equal(run.verdict('causal-order').kept, true)
    })

    it('is kept by a visible gap, and what comes late and says so', () => {
      run.shown('a>b/2', { parents: ['a>b/1'], missing: ['a>b/1'] })
      run.shown('a>b/1', { late: true })
      equal(run.verdict('causal-order').kept, true)
    })

    it('breaks without the gap', () => {
      run.shown('a>b/2', { parents: ['a>b/1'] })
      equal(run.verdict('causal-order').figure, 1)
    })

    it('breaks by a parent after its child that is not called late', () => {
      run.shown('a>b/2', { parents: ['a>b/1'], missing: ['a>b/1'] })
      run.shown('a>b/1')
      equal(run.verdict('causal-order').figure, 1)
    })

    it('breaks by a gap that is none', () => {
      run.shown('a>b/1')
      run.shown('a>b/2', { parents: ['a>b/1'], missing: ['a>b/1'] })
      equal(run.verdict('causal-order').figure, 1)
    })

    it('lets a program write while what it answers is being shown', () => {
      run.written('b>a/2', ['a>b/1'])
      run.shown('a>b/1')
      equal(run.verdict('causal-order').kept, true)
    })
  })

  describe('nothing-stuck', () => {
    const isKept = (): boolean => run.verdict('nothing-stuck').kept

    it('is kept by what is delivered, ended or expired', () => {
      run.written('a>b/1')
      run.state('a>b/1', 'delivered')
      run.written('a>b/2')
      run.ended('a>b/2')
      equal(isKept(), true)
      run.written('a>b/3')
      equal(isKept(), false)
      run.now = EXPIRY_HOURS
      equal(isKept(), true)
    })

    it('is kept while the program is told why not', () => {
      run.written('a>b/1')
      run.state('a>b/1', 'queued', { problem: 'noRoute' })
      equal(isKept(), true)
      run.state('a>b/1', 'accepted')
      equal(isKept(), false)
    })

    it('is kept by what waits in a device that is off, or whose owner is gone', () => {
      run.written('a>b/1')
      run.off('a')
      equal(isKept(), true)
      run.on('a')
      equal(isKept(), false)
      run.off('a', { left: true })
      equal(isKept(), true)
      equal(run.verdict('nothing-stuck').of, 0)
    })

    it('breaks when a state goes back', () => {
      run.written('a>b/1')
      run.state('a>b/1', 'delivered')
      run.state('a>b/1', 'stored', { nodes: ['n1', 'n2'] })
      run.state('a>b/1', 'delivered')
      equal(run.verdict('nothing-stuck').figure, 1)
    })

    it('breaks when what was shown stays stored though both are there', () => {
      stored('a>b/1')
      equal(isKept(), true)
      run.shown('a>b/1')
      equal(isKept(), false)
      run.off('b')
      equal(isKept(), true)
    })
  })
})
