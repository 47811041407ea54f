/**
 * Several devices of one person: how they come in and go, what they share, and what a person takes along.
 */
/** The devices of the user of a running client. */
export { Devices, type AccountNews, type DevicesComponents } from './service.ts'
/** What the inbox hands to `Devices.take`. */
export { DEVICE_FORMAT } from './words.ts'
/** Sixty digits to compare. */
export { groupsOf, safetyCode } from './safety-code.ts'
/** The numbers. */
export { DEVICES_DEFAULTS } from './defaults.ts'
