// A device that makes two mistakes, each once: it writes no line for a message that came, and shows another one twice. The
// performers are patched before the program of a device begins; everything else is as it is.
import { History } from '../../../src/client/history/index.ts'
import { InboxCore } from '../../../src/client/inbox/core.ts'
import type { ConversationId, Message, MessageId } from '../../../src/types.ts'

/** The message that each mistake befell. */
const befallen: { lost?: MessageId, doubled?: MessageId } = {}

/** Once, for a message of the other side that nothing has befallen yet. */
function befalls (mistake: keyof typeof befallen, { conversation, message: { from, id } }: { conversation: ConversationId, message: Message }): boolean {
  if (befallen[mistake] !== undefined || from !== conversation || id === befallen.lost) return false
  befallen[mistake] = id
  return true
}

const { writesFor } = History.prototype
History.prototype.writesFor = function (fact) {
  return fact.type === 'shown' && befalls('lost', fact) ? [] : writesFor.call(this, fact)
}

const { handle } = InboxCore.prototype
InboxCore.prototype.handle = function (event, now) {
  return handle.call(this, event, now).flatMap(effect => effect.type === 'show' && befalls('doubled', effect) ? [effect, effect] : [effect])
}

await import('../../../soak/devices/process.ts')
