/** Posthouse for people who run nodes from a program of their own. */
/** A node: start, stop, drain, status. */
export { createNode, type PosthouseNode } from './node.ts'
/** What a node is told. */
export type { NodeInit } from './config.ts'
/** How a drain is told of its end, and what it came to. */
export type { DrainOptions, DrainReport } from './running.ts'
/** What a node says of itself. */
export type { NodeStatus } from './status.ts'
