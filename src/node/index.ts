/** Posthouse for people who run nodes from a program of their own. */
/** A node: start, stop, drain, status. */
export { createNode, type DrainReport, type NodeInit, type PosthouseNode } from './node.ts'
/** What a node says of itself. */
export type { NodeStatus } from './status.ts'
