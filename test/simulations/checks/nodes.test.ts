/** Checks of what nodes sign, keep, answer and send, on scripted events: each kept, and each broken. */
import { deepEqual, equal } from 'node:assert/strict'
import { EXPIRY_HOURS, Script } from './scripted.ts'

describe('checks of nodes', () => {
  let run: Script
  beforeEach(() => { run = new Script() })

  describe('deleted-only-by-collection-or-expiry', () => {
    const isKept = (): boolean => run.verdict('deleted-only-by-collection-or-expiry').kept

    it('is kept by what every device has collected', () => {
      run.collected('b1', 'e1')
      run.dropped('n1', 'e1', 'collected')
      equal(isKept(), true)
    })

    it('breaks while one of the devices has not', () => {
      run.collected('b1', 'e1')
      run.collected('b2', 'e2')
      run.dropped('n1', 'e1', 'collected')
      equal(isKept(), false)
    })

    it('breaks by a drop that nobody collected, whatever its reason', () => {
      for (const reason of ['collected', 'expired', 'evicted', 'unknown'] as const) run.dropped('n1', `e-${reason}`, reason)
      equal(run.verdict('deleted-only-by-collection-or-expiry').figure, 4)
    })

    it('is kept by the second quota when one device has it', () => {
      run.collected('b1', 'e1')
      run.collected('b2', 'e2')
      run.dropped('n1', 'e1', 'evicted')
      equal(isKept(), true)
    })

    it('is kept by expiry and its grace, not by expiry alone', () => {
      run.now = EXPIRY_HOURS + 24
      run.dropped('n1', 'e1', 'expired')
      equal(isKept(), true)
      run.now = EXPIRY_HOURS + 23
      run.dropped('n1', 'e2', 'expired')
      equal(isKept(), false)
    })

    it('does not look at liars', () => {
      run.liars.add('n1')
      run.dropped('n1', 'e1', 'unknown')
      equal(run.verdict('deleted-only-by-collection-or-expiry').of, 0)
    })
  })

  describe('only-liars-caught', () => {
    it('is kept by liars, however often they are caught, and breaks once for each honest node', () => {
      for (const node of ['n1', 'n2', 'n3']) run.on(node, true)
      run.liars.add('n1')
      for (const by of ['n2', 'n3', 'n2']) run.caught('n1', by)
      equal(run.verdict('only-liars-caught').kept, true)
      for (const by of ['n1', 'n3']) run.caught('n2', by)
      equal(run.verdict('only-liars-caught').figure, 1)
      equal(run.verdict('only-liars-caught').of, 3)
    })
  })

  describe('route-never-falls', () => {
    it('is kept by answers that rise, stay, or are none, each resolver by itself', () => {
      for (const seq of [1, 1, 2, undefined, 2]) run.resolved('n1', 'b', seq)
      run.resolved('n2', 'b', 1)
      run.resolved('n1', 'c', 1)
      equal(run.verdict('route-never-falls').kept, true)
      equal(run.verdict('route-never-falls').of, 6)
    })

    it('breaks by an older answer', () => {
      run.resolved('n1', 'b', 2)
      run.resolved('n1', 'b', 1)
      equal(run.verdict('route-never-falls').figure, 1)
    })
  })

  describe('copies-restored', () => {
    const verdict = (): { figure: number, of: number } => {
      const { figure, of } = run.verdict('copies-restored')
      return { figure, of }
    }

    beforeEach(() => {
      for (const node of ['n1', 'n2', 'n3']) run.on(node, true)
      run.written('a>b/1')
      for (const node of ['n1', 'n2']) run.receipt(node, 'e1')
      run.state('a>b/1', 'stored', { nodes: ['n1', 'n2'], envelopes: ['e1'] })
    })

    it('is kept while w disks hold what waits, whichever they are', () => {
      run.disks.delete('n1/e1')
      deepEqual(verdict(), { figure: 1, of: 1 })
      run.disks.add('n3/e1')
      deepEqual(verdict(), { figure: 0, of: 1 })
    })

    it('does not count disks of liars', () => {
      run.liars.add('n1')
      deepEqual(verdict(), { figure: 1, of: 1 })
    })

    it('asks nothing for what its reader has, or what ran out', () => {
      run.disks.clear()
      run.written('a>b/2')
      run.state('a>b/2', 'stored', { nodes: ['n1', 'n2'], envelopes: ['e2'] })
      run.shown('a>b/1')
      deepEqual(verdict(), { figure: 1, of: 1 })
      run.now = EXPIRY_HOURS
      deepEqual(verdict(), { figure: 0, of: 0 })
    })
  })

  describe('receipts-imply-bytes', () => {
    it('is kept when the bytes are there, at signing and when it is told to be stored', () => {
      run.receipt('n1', 'e1')
      run.receipt('n2', 'e1')
      run.state('a>b/1', 'stored', { nodes: ['n1', 'n2'], envelopes: ['e1'] })
      equal(run.verdict('receipts-imply-bytes').kept, true)
      equal(run.verdict('receipts-imply-bytes').of, 3)
    })

    it('breaks by a receipt without bytes, unless a liar signed it or the reader has it', () => {
      run.liars.add('n2')
      run.receipt('n2', 'e1', { onDisk: false })
      run.collected('b1', 'e2')
      run.receipt('n1', 'e2', { onDisk: false })
      equal(run.verdict('receipts-imply-bytes').figure, 0)
      run.receipt('n1', 'e1', { onDisk: false })
      equal(run.verdict('receipts-imply-bytes').figure, 1)
    })

    it('breaks when fewer than w nodes still hold it when it is told to be stored', () => {
      run.receipt('n1', 'e1')
      run.receipt('n2', 'e1')
      run.disks.delete('n2/e1')
      run.state('a>b/1', 'stored', { nodes: ['n1', 'n2'], envelopes: ['e1'] })
      equal(run.verdict('receipts-imply-bytes').figure, 1)
    })

    it('is kept when a disk was destroyed while its receipt was on its way, until that node signs again', () => {
      for (const envelope of ['e1', 'e2']) {
        run.receipt('n1', envelope)
        run.receipt('n2', envelope)
        run.destroyed('n2', envelope)
      }
      run.state('a>b/1', 'stored', { nodes: ['n1', 'n2'], envelopes: ['e1'] })
      equal(run.verdict('receipts-imply-bytes').kept, true)
      run.receipt('n2', 'e2')
      run.disks.delete('n2/e2')
      run.state('a>b/2', 'stored', { nodes: ['n1', 'n2'], envelopes: ['e2'] })
      equal(run.verdict('receipts-imply-bytes').figure, 1)
    })

    it('breaks when a node signs for what the scenario has taken from it', () => {
      run.receipt('n1', 'e1')
      run.destroyed('n1', 'e1')
      run.receipt('n1', 'e1', { onDisk: false })
      equal(run.verdict('receipts-imply-bytes').figure, 1)
    })

    it('judges the first telling only, and counts liars as holding', () => {
      run.liars.add('n2')
      run.receipt('n1', 'e1')
      run.receipt('n2', 'e1', { onDisk: false })
      run.state('a>b/1', 'stored', { nodes: ['n1', 'n2'], envelopes: ['e1'] })
      run.disks.clear()
      run.state('a>b/1', 'stored', { nodes: ['n1', 'n2', 'n3'], envelopes: ['e1'] })
      equal(run.verdict('receipts-imply-bytes').kept, true)
    })
  })

  describe('stored-has-w-receipts', () => {
    const told = (nodes: string[], envelopes = ['e1'], copies = nodes.length): boolean => {
      run.state('a>b/1', 'stored', { nodes, envelopes, copies })
      return run.verdict('stored-has-w-receipts').kept
    }
    beforeEach(() => {
      for (const node of ['n1', 'n2']) run.receipt(node, 'e1')
    })

    it('is kept by w distinct nodes for every envelope', () => { equal(told(['n1', 'n2']), true) })
    it('breaks by one that counts twice', () => { equal(told(['n1', 'n1'], ['e1'], 2), false) })
    it('breaks by a node that never signed', () => { equal(told(['n1', 'n3']), false) })
    it('breaks by an envelope that has fewer', () => {
      run.receipt('n1', 'e2')
      equal(told(['n1', 'n2'], ['e1', 'e2']), false)
    })
    it('breaks by copies that are said to be fewer', () => { equal(told(['n1', 'n2'], ['e1'], 1), false) })
    it('breaks without any envelope', () => { equal(told(['n1', 'n2'], []), false) })
  })

  describe('within-limits', () => {
    it('is kept at the limit and broken above it', () => {
      run.sampled('n1', { name: 'intake bytes', value: 10, limit: 10 })
      equal(run.verdict('within-limits').kept, true)
      run.sampled('n1', { name: 'intake bytes', value: 11, limit: 10 }, { name: 'streams', value: 1, limit: 2 })
      equal(run.verdict('within-limits').figure, 1)
      equal(run.verdict('within-limits').of, 3)
    })
  })

  describe('goes-quiet', () => {
    beforeEach(() => {
      run.on('n1', true)
      run.on('n2', true)
      run.on('a')
    })
    const figureAfterAnHour = (): number => {
      run.now++
      return run.verdict('goes-quiet').figure
    }

    it('looks only at the quiet', () => {
      run.phase('traffic')
      run.sent('n1', 'deposit', 1000)
      run.phase('quiet')
      equal(figureAfterAnHour(), 0)
      equal(run.verdict('goes-quiet').of, 0)
    })

    it('is kept by heartbeats, drains and republication at their intervals, and answers to them', () => {
      run.phase('quiet')
      run.sent('a', 'ping', 2 * 240)
      run.sent('a', 'drain', 60)
      run.sent('n1', 'ping', 120)
      run.sent('n2', 'pong', 480 + 120)
      run.sent('n2', 'start', 60)
      run.sent('n2', 'page', 60)
      run.resolved('n1', 'a', 1)
      run.sent('n1', 'kad', 100)
      equal(figureAfterAnHour(), 0)
    })

    it('breaks by any mail', () => {
      run.phase('quiet')
      for (const kind of ['deposit', 'receipts', 'push', 'collection']) run.sent('n1', kind)
      equal(figureAfterAnHour(), 4)
    })

    it('lets a message that cannot be delivered go out again, as often as its pauses say', () => {
      run.written('a>b/1')
      run.state('a>b/1', 'stored', { nodes: ['n1', 'n2'] })
      run.phase('quiet')
      for (let resend = 0; resend < 6; resend++) for (const [from, kind] of [['a', 'deposit'], ['n1', 'accepted'], ['n1', 'deposit'], ['n2', 'receipts'], ['n1', 'receipts']] as const) run.sent(from, kind)
      equal(figureAfterAnHour(), 0)
      for (let time = 0; time < 1000; time++) run.sent('n1', 'deposit')
      equal(run.verdict('goes-quiet').kept, false)
    })

    it('does not let it once it is delivered', () => {
      run.written('a>b/1')
      run.state('a>b/1', 'delivered')
      run.phase('quiet')
      run.sent('a', 'deposit')
      equal(figureAfterAnHour(), 1)
    })

    it('breaks by beats that come too often', () => {
      run.phase('quiet')
      run.sent('a', 'ping', 5000)
      equal(figureAfterAnHour(), 1)
    })

    it('breaks by answers that nobody asked for', () => {
      run.phase('quiet')
      run.sent('n1', 'pong', 5000)
      equal(figureAfterAnHour(), 1)
    })

    it('breaks by routing that never rests', () => {
      run.phase('quiet')
      run.sent('n1', 'kad', 1_000_000)
      equal(figureAfterAnHour(), 1)
    })
  })
})
