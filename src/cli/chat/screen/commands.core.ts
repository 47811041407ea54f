/** What is typed behind a slash. */

export type SlashCommand =
  | { type: 'help' }
  | { type: 'leave' }
  /** An id, or what somebody is called. */
  | { type: 'to', user: string }
  /** '': none any more. */
  | { type: 'name', name: string }
  | { type: 'timer', seconds: number | undefined }
  | { type: 'verify' }
  | { type: 'wrong', sentence: string }

/** The form of an Ed25519 did:key; whether there is such a user is another question. */
export const USER_ID = /^did:key:z6Mk[1-9A-HJ-NP-Za-km-z]{44}$/

/** Seconds a unit has. */
const UNITS: Readonly<Record<string, number>> = Object.freeze({ s: 1, min: 60, m: 60, h: 3600, d: 86_400, w: 604_800 })
/** As far as a 32-bit number of seconds goes: decades. */
const TIMER_SECONDS_MAX = 2 ** 31 - 1

/** Undefined when it is a message: two slashes begin one with a slash. */
export function slashCommand (text: string): SlashCommand | undefined {
  if (!text.startsWith('/') || text.startsWith('//')) return undefined
  const [, name = '', rest = ''] = /^\/(\S*)\s*(.*)$/s.exec(text.trim()) ?? []
  switch (name) {
    case 'help': case '?': return { type: 'help' }
    case 'quit': case 'q': case 'exit': return { type: 'leave' }
    case 'to': return rest === '' || (/did:key:/i.test(rest) && !USER_ID.test(rest)) ? { type: 'wrong', sentence: 'Write /to did:key:z6Mk…, or /to and a name, or press Ctrl-T to choose a chat.' } : { type: 'to', user: rest }
    case 'name': return { type: 'name', name: rest }
    case 'timer': return timer(rest)
    case 'verify': return { type: 'verify' }
    default: return { type: 'wrong', sentence: `There is no /${name}: /help lists what there is, and // begins a message with a slash.` }
  }
}

function timer (value: string): SlashCommand {
  if (value === '') return { type: 'timer', seconds: undefined }
  if (value === 'off' || value === '0') return { type: 'timer', seconds: 0 }
  const [, count = '', unit = ''] = /^(\d{1,9})\s*(s|min|m|h|d|w)$/.exec(value) ?? []
  const seconds = Number(count) * (UNITS[unit] ?? 0)
  if (seconds > 0 && seconds <= TIMER_SECONDS_MAX) return { type: 'timer', seconds }
  return { type: 'wrong', sentence: 'Write /timer 30s, 5min, 2h, 1d, 4w or off.' }
}
