/** What a node says of itself, as plain JSON: units are in the names. */
export interface NodeStatus {
  peerId: string
  addrs: string[]
  state: 'starting' | 'running' | 'draining' | 'stopped'
  uptimeSeconds: number
  peers: number
  users: number
  sessions: number
  mail: { envelopes: number, bytes: number, queuedBytes: number }
  /** Set when the disk refused a write: nothing is acknowledged until the node is started again. */
  storeFailure: string | undefined
}
