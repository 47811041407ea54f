/**
 * Several devices of one person: how they come in and go, what they share, and what a person takes along.
 */
/** The devices of the user of a running client. */
export { Devices, type AccountNews, type DevicesComponents } from './service.ts'
/** Sixty digits to compare, and how they are read. */
export { groupsOf, safetyCode } from './safety-code.ts'
