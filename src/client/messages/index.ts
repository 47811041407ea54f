/**
 * Messages: what people and clients say to each other, how it stands inside the seal, and what a line has become by
 * all that was said about it.
 */
export { checkIntroduction, decodeChat, decodeGroupFrame, encodeChat, encodeGroupFrame, introductionToBody, type ChatWords, type OpenedGroupFrame } from './codec.ts'
export { isAmendment, isLine, isSignal } from './content.ts'
export { idBytes, messageIdFrom } from './ids.ts'
export { compareStamps, isLineMessage, project, type AmendmentMessage, type Become, type LineMessage } from './projection.core.ts'
