/** A whole process for one letter, as a bare `send`: dials, deposits, and ends when the letter is stored. */
import { makeLetters } from './letters.ts'
import { ReferenceSubject } from './reference.ts'

const LETTER_BYTES = 600

const [name = '', address = ''] = process.argv.slice(2)
// Each loads its own transport only.
const dial = name === 'libp2p' ? (await import('../reference/libp2p.ts')).dialLibp2p : (await import('../reference/plain.ts')).dialPlain
const subject = new ReferenceSubject(async () => await dial(address))
const mailbox = await subject.newMailbox()
const [letter] = makeLetters(mailbox.id, 1, LETTER_BYTES)
const sender = await subject.openSender({ onStored: () => { process.exit() }, onRoom: () => {}, onFailure: error => { throw error } })
if (letter === undefined || !sender.deposit(1, mailbox, letter)) process.exit(1)
