/** Posthouse for people who run nodes; `posthouse/client` is for people who write to each other. */
export { createNode, type DrainOptions, type DrainReport, type NodeInit, type NodeStatus, type PosthouseNode } from './node/index.ts'
