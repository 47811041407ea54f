/**
 * What a client needs of presence, and browsers can load: beats are made and opened here, OwnPresenceCore says when
 * to make one, ContactPresenceCore what the opened ones mean.
 */
export { makeBeat, openBeat, tagBytes, tagOf } from './beat.ts'
export { OwnPresenceCore, type OwnPresenceEffect, type OwnPresenceEvent } from './own.core.ts'
export { ContactPresenceCore, type ContactPresenceEvent, type ContactState } from './contact.core.ts'
export { PRESENCE_DEFAULTS } from './defaults.ts'
