/**
 * Messages: what people and clients say to each other, how it stands inside the seal, and what a line has become by
 * all that was said about it.
 */
export { checkIntroduction, decodeChat, decodeGroupFrame, encodeChat, encodeGroupFrame, introductionToBody, type ChatWords, type OpenedGroupFrame } from './codec.ts'
export { isAmendment, isAmendmentMessage, isLine, isLineMessage, isSignal, type AmendmentMessage, type LineMessage } from './kinds.core.ts'
export { idBytes, messageIdFrom } from './ids.ts'
export { project, type Become } from './projection.core.ts'
