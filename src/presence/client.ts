/**
 * What a client needs of presence, and browsers can load: beats are made and opened here, OwnPresenceCore says when
 * to make one, ContactPresenceCore what the opened ones mean.
 */
export { makeBeat, openBeat, tagBytes, tagOf, PRESENCE_KEY_BYTES, type BeatInit, type BeatOpening } from './beat.ts'
export { OwnPresenceCore, type OwnPresenceEffect, type OwnPresenceEvent, type OwnPresenceInit } from './own.core.ts'
export { ContactPresenceCore, type ContactPresenceEffect, type ContactPresenceEvent, type ContactState } from './contact.core.ts'
export { PRESENCE_DEFAULTS } from './defaults.ts'
