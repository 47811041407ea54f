/**
 * Conversations as MLS groups of devices: who is in them, what goes in and out, and how what broke heals.
 */
/** The groups of one device. */
export { GroupsService } from './service.ts'
/** What the rest of the client asks of them. */
export type { Draft, Groups, KeyPackageNode, OpenedFrame } from './port.ts'
/** What they ask of the rest of the client. */
export type { ControlFrame, GroupsComponents, LostNote } from './components.ts'
