// Two people who write to each other on two screens: real processes on real pseudo-terminals, over a real node.
import assert from 'node:assert/strict'
import { Company, type DemoNode, type Person } from '../../src/cli/demo/company.ts'
import { Screen, noTerminals } from './screen.ts'

const [UP, ESCAPE, CTRL_C, CTRL_N, ENTER] = ['\u001b[A', '\u001b', '\u0003', '\u000e', '\r']

describe('chat on a screen', function () {
  this.timeout(90_000)
  this.slow(20_000)

  let company: Company
  let node: DemoNode
  let alice: Person
  let bob: Person
  let carol: Person
  const screens: Screen[] = []

  before(async function () {
    const reason = noTerminals()
    if (reason !== undefined) {
      this.test?.parent?.tests.forEach(test => { test.title += ` (skipped: ${reason})` })
      this.skip()
    }
    company = await Company.gather()
    node = await company.startNode('only')
    ;[alice, bob, carol] = await Promise.all(['alice', 'bob', 'carol'].map(async name => await company.makePerson(name, [node]))) as [Person, Person, Person]
  })

  after(async () => {
    await Promise.all(screens.map(async screen => { await screen.close() }))
    await company?.disperse()
  })

  function open (person: Person, ...args: string[]): Screen {
    const screen = new Screen(['chat', ...args, '--data', company.placesOf(person).data, '--log-level', 'silent'])
    screens.push(screen)
    return screen
  }

  it('shows what both write and do, how far it is, and who is writing', async () => {
    const a = open(alice, bob.userId)
    await a.shows(/the first message is yours/)
    const b = open(bob, alice.userId)
    await b.shows(/the first message is yours/)
    a.press(`hello on a screen${ENTER}`)
    await b.shows(/hello on a screen/)
    await a.shows(/you {2}hello on a screen ✓✓/)
    await b.pressUntil('.', a, /is writing…/)
    b.press(`I am writing${ENTER}`)
    await a.shows(/\.I am writing/)
    a.press(UP)
    await a.shows(/▌.*I am writing/)
    a.press('1')
    await b.shows(/I am writing.*\n.*👍/)
    b.press(UP)
    await b.shows(/▌.*I am writing/)
    b.press('e')
    await b.shows(/changing “\.+I am writing”/)
    b.press(` well${ENTER}`)
    await a.shows(/I am writing well \(edited\)/)
    b.press(UP)
    await b.shows(/▌.*writing well/)
    b.press('d')
    await b.shows(/Press d again/)
    b.press('d')
    await a.is(text => /deleted/.test(text) && !text.includes('I am writing'), 'the deletion')
    a.press(`/timer 1h${ENTER}`)
    await b.shows(/disappearing after 1 h/)
    a.press(`/name Bobby${ENTER}`)
    await a.shows(/^ Bobby .*disappearing after 1 h/m)
  })

  it('follows the size of its window, with the list of chats where there is room', async () => {
    const [a] = screens
    assert.ok(a !== undefined)
    await company.perform(carol, 'send', alice.userId, 'hello from carol')
    await a.shows(/1 unread elsewhere/)
    a.resize(110, 30)
    await a.shows(/▸.*│/)
    a.press(CTRL_N)
    await a.shows(/hello from carol/)
    a.resize(50, 12)
    await a.is(text => text.split('\n').every(row => row.length <= 50) && text.includes('hello from carol'), 'the small screen')
    a.press(ESCAPE)
  })

  it('gives the terminal back when it is left', async () => {
    const [a] = screens
    assert.ok(a?.isOver === true)
    a.press(CTRL_C)
    assert.equal(await a.ended, 0)
    assert.equal(a.isOver, false)
  })

  it('works beside the process that has the store, and goes on when that one ends', async () => {
    const owner = company.run('alice’s inbox', alice.data, ['inbox', '--follow'])
    await company.attachable(alice, owner)
    const a = open(alice, 'bobby')
    await a.shows(/^ Bobby .*hello on a screen/ms)
    await owner.kill('SIGTERM')
    a.press(`still here${ENTER}`)
    await screens[1]?.shows(/still here/)
    await a.shows(/still here.*✓✓/)
    a.press(CTRL_C)
    assert.equal(await a.ended, 0)
  })
})
