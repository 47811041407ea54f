/** How far a message is, compared with how far it should be. */
import { MESSAGE_STATES, type MessageState } from '../types.ts'

export function reached (state: MessageState, until: MessageState): boolean {
  return MESSAGE_STATES.indexOf(state) >= MESSAGE_STATES.indexOf(until)
}
