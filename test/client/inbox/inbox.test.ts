import assert from 'node:assert/strict'
import fc from 'fast-check'
import { INBOX_DEFAULTS } from '../../../src/client/inbox/defaults.ts'
import { LIMITS } from '../../../src/wire/limits.ts'
import { BOB, chooser, envelopeId, EXPIRY, ME, messageId, Reader, seal, START, text, user } from './reader.ts'
import type { InboxEffect } from '../../../src/client/inbox/events.core.ts'
import type { EnvelopeId, Message, MessageId } from '../../../src/types.ts'

const { parentWaitMs, parentWaitMsMax, batchMs, collectRetryMs, recollectMs } = INBOX_DEFAULTS
const HOUR = 3_600_000

describe('client/inbox', () => {
  describe('promises nothing before it is durable', () => {
    it('shows, marks and collects after the batch was synced', () => {
      const reader = new Reader()
      reader.know(text(BOB, 1))
      const [mail] = seal(text(BOB, 1))
      reader.arrive(mail ?? assert.fail())
      reader.step() // open
      reader.step() // unprotect
      reader.step() // decrypt
      assert.deepEqual(reader.log.map(({ type }) => type).filter((type) => type !== 'wakeAt'), ['open', 'unprotect', 'decrypt', 'persist'])
      reader.step() // persist
      assert.deepEqual(reader.log.map(({ type }) => type).filter((type) => type !== 'wakeAt').slice(4), ['show', 'settled', 'collect', 'markDelivered'])
    })

    it('shows in the order of the batches', () => {
      const reader = new Reader()
      reader.read(text(BOB, 1))
      const persists: number[] = []
      for (const name of [2, 3]) {
        reader.know(text(BOB, name, [1]))
        for (const { id, fragment } of seal(text(BOB, name, [1]))) {
          reader.core.handle({ type: 'arrived', envelope: id, expiry: EXPIRY }, START)
          reader.core.handle({ type: 'opened', envelope: id, fragment: fragment ?? assert.fail() }, START)
          const effects = reader.core.handle({ type: 'message', envelopes: [id], message: text(BOB, name, [1]) }, START)
          persists.push(...effects.flatMap((effect) => effect.type === 'persist' ? [effect.ticket] : []))
        }
      }
      const [first = 0, second = 0] = persists
      assert.deepEqual(reader.core.handle({ type: 'persisted', ticket: second }, START).filter(({ type }) => type === 'show'), [])
      const shown = reader.core.handle({ type: 'persisted', ticket: first }, START).flatMap((effect) => effect.type === 'show' ? [effect.message.id] : [])
      assert.deepEqual(shown, [messageId(2), messageId(3)])
    })
  })

  describe('shows nothing twice', () => {
    it('knows an envelope, and a message in another envelope, whose sender is told again', () => {
      const reader = new Reader()
      const [first, again] = [...seal(text(BOB, 1)), ...seal(text(BOB, 1))]
      for (const mail of [first, first, again, again]) reader.deliver(text(BOB, 1), mail ?? assert.fail())
      reader.advance(batchMs)
      assert.equal(reader.history.length, 1)
      assert.deepEqual([...reader.collected].sort(), [first?.id, again?.id].sort())
      assert.deepEqual(reader.effects('markDelivered').map(({ ids }) => ids), [[messageId(1)], [messageId(1)]])
    })

    it('tells authors apart who chose the same id', () => {
      const reader = new Reader()
      reader.read(text(BOB, 1))
      reader.know(text(user(2), 1))
      reader.read(text(user(2), 1))
      assert.deepEqual(reader.history.map(({ message }) => message.from), [BOB, user(2)])
    })

    it('remembers until the envelope’s expiry and 48 hours, then forgets', () => {
      const reader = new Reader()
      reader.read(text(BOB, 1))
      reader.advance(EXPIRY * 1000 + LIMITS.collectedMemoryMs - reader.now - 1)
      assert.ok([...reader.disk.keys()].some((key) => key.startsWith('seen/')))
      reader.advance(INBOX_DEFAULTS.forgetIntervalMs + 1)
      assert.deepEqual([...reader.disk.keys()].filter((key) => !key.startsWith('shown/') && !key.startsWith('heads/')), [])
    })

    it('asks the history about a message that is older than its memory', () => {
      const reader = new Reader()
      reader.read(text(BOB, 1))
      reader.advance(LIMITS.retentionMs + LIMITS.collectedMemoryMs + 2 * HOUR)
      const [mail] = seal(text(BOB, 1))
      reader.know(text(BOB, 1))
      reader.arrive(mail ?? assert.fail())
      reader.finish()
      assert.equal(reader.history.length, 1)
    })

    it('remembers a message as long as its last envelope', () => {
      const reader = new Reader()
      const later = EXPIRY + 20 * 86_400
      reader.read(text(BOB, 1))
      for (const mail of seal(text(BOB, 1))) reader.deliver(text(BOB, 1), { ...mail, expiry: later })
      reader.advance(later * 1000 + LIMITS.collectedMemoryMs - reader.now - 1)
      for (const mail of seal(text(BOB, 1))) reader.deliver(text(BOB, 1), { ...mail, expiry: later })
      assert.equal(reader.history.length, 1)
      assert.ok(reader.disk.has(`seen/${BOB}/${messageId(1)}`))
      assert.equal(reader.effects('recall').length, 0)
    })

    it('remembers no longer than a node could keep it, whatever the envelope says', () => {
      const reader = new Reader()
      for (const mail of seal(text(BOB, 1))) reader.deliver(text(BOB, 1), { ...mail, expiry: 0xffffffff })
      reader.advance(LIMITS.retentionMs + LIMITS.expirySlackMs + LIMITS.collectedMemoryMs + 2 * HOUR)
      assert.ok(!reader.disk.has(`seen/${BOB}/${messageId(1)}`))
    })

    it('forgets the first when it remembers too many', () => {
      const reader = new Reader({ rememberedMax: 3 })
      for (const name of [1, 2, 3, 4, 5]) reader.read(text(BOB, name))
      assert.deepEqual([...reader.disk.keys()].filter((key) => key.startsWith('seen/')), [3, 4, 5].map((name) => `seen/${BOB}/${messageId(name)}`))
      assert.equal([...reader.disk.keys()].filter((key) => key.startsWith('envelope/')).length, 3)
    })
  })

  describe('shows nothing before what it answers', () => {
    it('holds a message until its parents came', () => {
      const reader = new Reader()
      reader.handle({ type: 'drained' })
      reader.read(text(BOB, 3, [1, 2]), text(BOB, 2, [1]))
      assert.deepEqual(names(reader), [])
      reader.read(text(BOB, 1))
      assert.deepEqual(names(reader), [1, 2, 3])
      assert.ok(reader.history.every(({ missing, late }) => missing.length === 0 && !late))
    })

    it('orders those that are ready at once by time, then by id', () => {
      const reader = new Reader()
      reader.read(text(BOB, 5, [1], START + 1), text(BOB, 4, [1], START + 2), text(BOB, 3, [1], START + 2), text(BOB, 1))
      assert.deepEqual(names(reader), [1, 5, 3, 4])
    })

    it('shows a gap when the wait after the drain is over, and what comes then as late', () => {
      const reader = new Reader()
      reader.handle({ type: 'drained' })
      reader.read(text(BOB, 2, [1]), text(BOB, 3, [2]))
      reader.advance(parentWaitMs - 1)
      assert.deepEqual(names(reader), [])
      reader.advance(INBOX_DEFAULTS.wakeGrainMs)
      assert.deepEqual(names(reader), [2, 3])
      assert.deepEqual(reader.history.map(({ missing }) => missing), [[messageId(1)], []])
      reader.crash()
      reader.read(text(BOB, 1))
      assert.deepEqual(reader.history.map(({ late }) => late), [false, false, true])
      assert.deepEqual(reader.core.heads(BOB), [messageId(3)], 'a late one is answered already')
    })

    it('waits through a drain, but not for ever', () => {
      const reader = new Reader()
      reader.handle({ type: 'drained' })
      reader.handle({ type: 'draining' })
      reader.read(text(BOB, 2, [1]))
      reader.advance(parentWaitMsMax - 1)
      assert.deepEqual(names(reader), [])
      reader.advance(INBOX_DEFAULTS.wakeGrainMs)
      assert.deepEqual(names(reader), [2])
    })

    it('starts the wait when the drain ends', () => {
      const reader = new Reader()
      reader.read(text(BOB, 2, [1]))
      reader.advance(60_000)
      reader.handle({ type: 'drained' })
      reader.advance(parentWaitMs - 1)
      assert.deepEqual(names(reader), [])
      reader.advance(INBOX_DEFAULTS.wakeGrainMs)
      assert.deepEqual(names(reader), [2])
    })

    it('shows what is held before what answers it, though its own wait is not over', () => {
      const reader = new Reader()
      reader.handle({ type: 'drained' })
      reader.read(text(BOB, 3, [2]))
      reader.advance(parentWaitMs - 1000)
      reader.read(text(BOB, 2, [1]))
      reader.advance(1000 + INBOX_DEFAULTS.wakeGrainMs)
      assert.deepEqual(names(reader), [2, 3])
      assert.deepEqual(reader.history.map(({ missing }) => missing), [[messageId(1)], []])
    })

    it('shows at once what waited for something that waited too long', () => {
      const reader = new Reader()
      reader.handle({ type: 'drained' })
      reader.read(text(BOB, 2, [1]))
      reader.advance(parentWaitMs - 1000)
      reader.read(text(BOB, 3, [2]))
      reader.advance(1000 + INBOX_DEFAULTS.wakeGrainMs)
      assert.deepEqual(names(reader), [2, 3])
    })

    it('waits on after a restart', () => {
      const reader = new Reader()
      reader.read(text(BOB, 2, [1]))
      reader.crash()
      reader.advance(parentWaitMsMax + INBOX_DEFAULTS.wakeGrainMs)
      assert.deepEqual(names(reader), [2])
    })

    it('holds a bounded number: the longest held goes first', () => {
      const reader = new Reader({ heldMax: 2 })
      for (const name of [10, 20, 30]) {
        reader.read(text(BOB, name, [name - 1]))
        reader.advance(10)
      }
      assert.deepEqual(names(reader), [10])
      assert.deepEqual(reader.history[0]?.missing, [messageId(9)])
    })

    it('comes to an end with messages that name themselves or one another', () => {
      const reader = new Reader()
      reader.handle({ type: 'drained' })
      reader.read(text(BOB, 1, [1]))
      assert.deepEqual(names(reader), [1])
      reader.read(text(BOB, 2, [3]), text(BOB, 3, [4]), text(BOB, 4, [2]))
      reader.advance(2 * parentWaitMs)
      assert.deepEqual(names(reader).sort(), [1, 2, 3, 4])
    })

    it('finds parents in the history that it has forgotten itself', () => {
      const reader = new Reader()
      reader.read(text(BOB, 1), text(BOB, 2, [1]))
      reader.advance(LIMITS.retentionMs + LIMITS.collectedMemoryMs + 2 * HOUR)
      reader.read(text(BOB, 3, [2], reader.now))
      assert.equal(reader.effects('recall').length, 0, 'a head is never forgotten')
      reader.read(text(BOB, 4, [1], reader.now))
      assert.deepEqual(reader.effects('recall').map(({ ids }) => ids), [[messageId(1)]])
      reader.crash()
      reader.read(text(BOB, 5, [1, 2], reader.now))
      assert.deepEqual(names(reader), [1, 2, 3, 4, 5])
      assert.ok(reader.history.every(({ missing }) => missing.length === 0))
    })

    it('remembers a bounded number of missing ones', () => {
      const reader = new Reader({ missedMax: 2, parentWaitMsMax: 1 })
      for (const name of [10, 20, 30]) reader.read(text(BOB, name, [name - 1]))
      reader.advance(1000)
      reader.read(text(BOB, 9), text(BOB, 29))
      assert.deepEqual(reader.history.slice(3).map(({ late }) => late), [false, true])
    })
  })

  describe('knows what the next message answers', () => {
    it('counts our own messages, and keeps the heads over a restart', () => {
      const reader = new Reader()
      reader.read(text(BOB, 1))
      reader.handle({ type: 'sent', message: text(ME, 2, [1]) })
      reader.finish()
      assert.deepEqual(reader.core.heads(BOB), [messageId(2)])
      reader.crash()
      assert.deepEqual(reader.core.heads(BOB), [messageId(2)])
      reader.read(text(BOB, 3, [1]), text(BOB, 4, [2]))
      assert.deepEqual(reader.core.heads(BOB), [messageId(3), messageId(4)])
      assert.deepEqual(names(reader), [1, 2, 3, 4])
      assert.deepEqual(reader.effects('show').map(({ message }) => Number(message.id)), [1, 3, 4], 'our own are not news')
    })

    it('names no more heads than a message may have parents', () => {
      const reader = new Reader()
      for (let name = 1; name <= LIMITS.messageParents + 3; name++) reader.read(text(BOB, name))
      assert.deepEqual(reader.core.heads(BOB), Array.from({ length: LIMITS.messageParents }, (_, index) => messageId(index + 4)))
      assert.deepEqual(reader.core.heads(user(9)), [])
    })
  })

  describe('batches', () => {
    it('collects at most once a second, at most so many ids', () => {
      const reader = new Reader()
      for (let name = 1; name <= LIMITS.collectionIds + 2; name++) reader.read(text(BOB, name))
      assert.deepEqual(reader.effects('collect').map(({ envelopes }) => envelopes.length), [1])
      reader.advance(batchMs)
      assert.deepEqual(reader.effects('collect').map(({ envelopes }) => envelopes.length), [1, LIMITS.collectionIds])
      reader.advance(batchMs)
      assert.deepEqual(reader.effects('collect').map(({ envelopes }) => envelopes.length), [1, LIMITS.collectionIds, 1])
      assert.deepEqual(reader.effects('markDelivered').map(({ ids }) => ids.length), [1, LIMITS.messageMarks, 1])
    })

    it('collects at once when a node is there again', () => {
      const reader = new Reader()
      reader.online = false
      reader.read(text(BOB, 1))
      reader.advance(batchMs)
      assert.equal(reader.effects('collect').length, 1)
      reader.online = true
      reader.handle({ type: 'connected' })
      reader.finish()
      assert.deepEqual([reader.effects('collect').length, reader.collected.size], [2, 1])
    })

    it('collects again at once when a node came while nobody could be asked', () => {
      const { core, now } = new Reader()
      const { id, fragment } = seal(text(BOB, 1))[0] ?? assert.fail()
      const collections = (effects: InboxEffect[]): EnvelopeId[][] => effects.flatMap(effect => effect.type === 'collect' ? [effect.envelopes] : [])
      core.handle({ type: 'arrived', envelope: id, expiry: EXPIRY }, now)
      core.handle({ type: 'opened', envelope: id, fragment: fragment ?? assert.fail() }, now)
      const [batch] = core.handle({ type: 'message', envelopes: [id], message: text(BOB, 1) }, now)
      assert.deepEqual(collections(core.handle({ type: 'persisted', ticket: batch?.type === 'persist' ? batch.ticket : 0 }, now)), [[id]])
      core.handle({ type: 'connected' }, now + 1)
      core.handle({ type: 'uncollected', envelopes: [id] }, now + 2)
      assert.deepEqual(collections(core.handle({ type: 'tick' }, now + batchMs)), [[id]])
      core.handle({ type: 'uncollected', envelopes: [id] }, now + batchMs)
      assert.deepEqual(collections(core.handle({ type: 'tick' }, now + batchMs + collectRetryMs - 1)), [], 'nobody came since')
    })

    it('goes on collecting after a failure, silence or a restart', () => {
      const reader = new Reader()
      reader.online = false
      reader.read(text(BOB, 1))
      reader.advance(collectRetryMs - 1)
      assert.equal(reader.effects('collect').length, 1)
      reader.advance(1)
      assert.equal(reader.effects('collect').length, 2)
      reader.crash()
      reader.online = true
      reader.finish()
      assert.equal(reader.collected.size, 1)
      reader.crash()
      reader.advance(HOUR)
      assert.equal(reader.effects('collect').length, 3, 'once it is done it is done')
      assert.equal(reader.effects('markDelivered').length, 1)

      const silent = reader.core
      const { id, fragment } = seal(text(BOB, 2))[0] ?? assert.fail()
      silent.handle({ type: 'arrived', envelope: id, expiry: EXPIRY }, reader.now)
      silent.handle({ type: 'opened', envelope: id, fragment: fragment ?? assert.fail() }, reader.now)
      const [batch] = silent.handle({ type: 'message', envelopes: [id], message: text(BOB, 2) }, reader.now)
      const effects = silent.handle({ type: 'persisted', ticket: batch?.type === 'persist' ? batch.ticket : 0 }, reader.now)
      assert.ok(effects.some(({ type }) => type === 'collect'))
      assert.ok(silent.handle({ type: 'tick' }, reader.now + collectRetryMs).some((effect) => effect.type === 'collect' && effect.envelopes[0] === id))
    })

    it('collects again what a node still has after a while', () => {
      const reader = new Reader()
      const [mail] = seal(text(BOB, 1))
      reader.deliver(text(BOB, 1), mail ?? assert.fail())
      reader.advance(recollectMs - 1)
      reader.arrive(mail ?? assert.fail())
      reader.advance(1)
      assert.equal(reader.effects('collect').length, 1)
      reader.arrive(mail ?? assert.fail())
      assert.equal(reader.effects('collect').length, 2)
      assert.equal(reader.history.length, 1)
    })
  })

  describe('is not blocked by what cannot become a message', () => {
    it('collects what is malformed or unreadable, and says so', () => {
      const reader = new Reader()
      const forged = seal(text(BOB, 66))[0] ?? assert.fail()
      const broken = { id: envelopeId(), fails: 'malformed' as const }
      for (const mail of [broken, forged]) {
        reader.arrive(mail)
        reader.finish()
      }
      reader.advance(batchMs)
      assert.deepEqual(reader.effects('undecipherable').map(({ envelope, reason, kept }) => [envelope, reason, kept]), [[broken.id, 'malformed', false], [forged.id, 'unreadable', false]])
      assert.equal(reader.collected.size, 2)
    })

    it('leaves a bounded number with an unknown key in the mailbox, and opens them when the key is there', () => {
      const reader = new Reader({ asideMax: 2 })
      const mails = seal(text(BOB, 1)).concat(seal(text(BOB, 2)), seal(text(BOB, 3)))
      for (const { id } of mails) reader.arrive({ id, fails: 'unknownKey' })
      reader.advance(batchMs)
      assert.deepEqual(reader.effects('undecipherable').map(({ kept }) => kept), [true, true, false])
      assert.deepEqual([...reader.collected], [mails[2]?.id])
      assert.equal(reader.settled.size, 3, 'the cursor goes on')
      reader.crash()
      for (const { id } of mails.slice(0, 2)) reader.arrive({ id, fails: 'unknownKey' })
      reader.finish()
      assert.equal(reader.effects('undecipherable').length, 3, 'said once')
      for (const name of [1, 2]) reader.know(text(BOB, name))
      for (const mail of mails.slice(0, 2)) reader.arrive(mail)
      reader.advance(batchMs)
      assert.deepEqual(names(reader), [1, 2])
      assert.equal(reader.collected.size, 3)
      assert.ok(![...reader.disk.keys()].some((key) => key.startsWith('aside/')))
    })

    it('leaves a bounded number of bytes', () => {
      const reader = new Reader({ asideBytes: 1999 })
      const [mail] = seal(text(BOB, 1))
      reader.arrive({ ...mail ?? assert.fail(), fragment: undefined, fails: 'unknownKey' })
      for (let count = 0; count < 2; count++) {
        reader.arrive({ id: envelopeId(), fails: 'unknownKey' })
        reader.finish()
        assert.equal(reader.effects('undecipherable').at(-1)?.kept, count === 1, 'room again when one was opened')
        reader.deliver(text(BOB, 1), mail ?? assert.fail())
      }
    })

    it('postpones what is too much at once', () => {
      const reader = new Reader({ unsettledMax: 2 })
      const mails = [1, 2, 3].flatMap((name) => {
        reader.know(text(BOB, name))
        return seal(text(BOB, name))
      })
      for (const mail of mails) reader.arrive(mail)
      assert.deepEqual(reader.effects('postponed').map(({ envelope }) => envelope), [mails[2]?.id])
      reader.finish()
      reader.arrive(mails[2] ?? assert.fail())
      reader.finish()
      assert.equal(reader.history.length, 3)
    })
  })

  it('keeps pieces over a restart, and removes them when the message is whole', () => {
    const reader = new Reader()
    reader.know(text(BOB, 1))
    const [first, ...rest] = seal(text(BOB, 1), 3)
    reader.arrive(first ?? assert.fail())
    reader.finish()
    assert.ok(reader.settled.has(first?.id ?? assert.fail()))
    reader.crash()
    reader.arrive({ ...first, id: envelopeId() })
    for (const mail of rest) reader.arrive(mail)
    reader.advance(batchMs)
    assert.deepEqual(names(reader), [1])
    assert.equal(reader.collected.size, 4)
    assert.equal(reader.effects('undecipherable').length, 0)
    assert.ok(![...reader.disk.keys()].some((key) => key.startsWith('fragment/')))
  })

  it('hands the marks of a note on, and marks no note', () => {
    const reader = new Reader()
    reader.note({ id: messageId(7), from: BOB, delivered: [messageId(1)] })
    assert.deepEqual(reader.effects('marks'), [{ type: 'marks', from: BOB, ids: [messageId(1)] }])
    reader.advance(batchMs)
    assert.equal(reader.effects('markDelivered').length + reader.effects('show').length, 0)
    assert.equal(reader.collected.size, 1)
  })

  it('whatever the order, the copies and the crashes: each once, after its parents, nothing lost', () => {
    fc.assert(fc.property(scenario(), ({ conversations, copies, seed, crashes }) => {
      const choose = chooser(seed)
      const reader = new Reader({}, choose)
      const messages = conversations.flat()
      for (const message of messages) reader.know(message)
      const mails = shuffle(messages.flatMap((message, at) => [...seal(message, 1 + choose(3)), ...(copies[at % copies.length] === true ? seal(message) : [])]), choose)
      for (const [at, mail] of mails.entries()) {
        reader.arrive(mail)
        if (choose(4) === 0) reader.arrive(mails[choose(at + 1)] ?? assert.fail())
        for (let steps = choose(6); steps > 0; steps--) reader.step()
        if (crashes.includes(at)) reader.crash()
      }
      reader.crash()
      reader.handle({ type: 'drained' })
      reader.advance(2 * parentWaitMsMax)

      assert.deepEqual(reader.history.map(key).sort(), messages.map((message) => key({ message })).sort(), 'each once')
      assert.ok(reader.effects('show').length <= messages.length, 'none is told twice')
      const before = new Set<MessageId>()
      for (const { message, missing, late } of reader.history) {
        assert.ok(message.parents.every((parent) => before.has(parent)), 'after its parents')
        assert.deepEqual([missing, late], [[], false])
        before.add(message.id)
      }
      for (const { id } of mails) assert.ok(reader.collected.has(id) && reader.settled.has(id), 'every envelope is collected')
      for (const { from, id } of messages) assert.ok(reader.marked.has(`${from}/${id}`), 'every sender is told')
    }), { numRuns: 200 })
  })

  it('whatever never comes: the rest is shown, with exactly that as its gaps', () => {
    fc.assert(fc.property(scenario(), fc.nat(), ({ conversations, seed, crashes }, lose) => {
      const choose = chooser(seed)
      const reader = new Reader({}, choose)
      const lost = new Set(conversations.flatMap((messages) => messages.filter((_, at) => (lose >> (at % 16)) % 2 === 1)))
      const messages = conversations.flat().filter((message) => !lost.has(message))
      for (const [at, mail] of shuffle(messages.flatMap((message) => seal(message)), choose).entries()) {
        for (const message of messages) reader.know(message)
        reader.arrive(mail)
        for (let steps = choose(6); steps > 0; steps--) reader.step()
        if (crashes.includes(at)) reader.crash()
      }
      reader.handle({ type: 'drained' })
      reader.advance(2 * parentWaitMsMax)
      const lostIds = new Set([...lost].map(({ id }) => id))
      assert.deepEqual(reader.history.map(key).sort(), messages.map((message) => key({ message })).sort())
      const before = new Set<MessageId>()
      for (const { message, missing } of reader.history) {
        assert.deepEqual([...missing].sort(), message.parents.filter((parent) => lostIds.has(parent)).sort(), 'the gap is what was lost')
        assert.ok(message.parents.every((parent) => before.has(parent) || missing.includes(parent)))
        before.add(message.id)
      }
      for (const message of lost) {
        reader.know(message)
        reader.read(message)
      }
      reader.advance(parentWaitMsMax)
      const answered = new Set(messages.flatMap(({ parents }) => parents))
      for (const { message, late } of reader.history.slice(messages.length)) assert.equal(late, answered.has(message.id), 'late is what was missed')
    }), { numRuns: 100 })
  })
})

/** Conversations with several authors: each message answers up to three earlier ones. */
function scenario (): fc.Arbitrary<{ conversations: Message[][], copies: boolean[], seed: number, crashes: number[] }> {
  const conversation = fc.array(fc.tuple(fc.array(fc.nat(30), { maxLength: 3 }), fc.nat(3)), { maxLength: 12 })
  return fc.record({
    conversations: fc.array(conversation, { minLength: 1, maxLength: 3 }).map((all) => all.map((lines, author) => lines.map(([parents, minute], at) =>
      text(user(author + 1), author * 100 + at + 1, at === 0 ? [] : [...new Set(parents.map((parent) => author * 100 + (parent % at) + 1))], START + minute * 60_000)))),
    copies: fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
    seed: fc.integer(),
    crashes: fc.array(fc.nat(40), { maxLength: 3 })
  })
}

function shuffle<T> (items: T[], choose: (below: number) => number): T[] {
  return items.map((item) => [choose(1 << 30), item] as const).sort(([a], [b]) => a - b).map(([, item]) => item)
}

function names (reader: Reader): number[] {
  return reader.history.map(({ message }) => parseInt(message.id, 16))
}

function key ({ message }: { message: Message }): string {
  return `${message.from}/${message.id}`
}
