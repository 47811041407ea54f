/**
 * The network between hosts: streams that keep their order, over links that delay and lose packets.
 *
 * A stream behaves as TCP does. What a link loses, repeats or overtakes shows as delay (a retransmission, a wait for
 * what comes before) until it has been silent for too long, and then as the end of the stream: at the sender, who
 * knows; the other side finds out by its own heartbeat. A process that is killed resets its streams, a machine that
 * loses power says nothing.
 */
import type { Chance } from './chance.ts'
import type { World } from './world.ts'

export type HostId = string

/** What travels. bytes: on the wire, framing included. */
export interface Frame { readonly kind: string, readonly bytes: number }

export interface StreamEnd<F extends Frame = Frame> {
  readonly peer: HostId
  readonly protocol: string
  /** Bytes sent that the peer has not taken. */
  readonly queuedBytes: number
  readonly isOpen: boolean
  /** Set by whoever has this end, at once when they get it. */
  onFrame: (frame: F) => void
  /** Once. closed: the peer said goodbye; lost: reset, or given up. Not called for one's own close or abort. */
  onEnd: (why: 'closed' | 'lost') => void
  /** False: no room, and nothing was sent. */
  send: (frame: F) => boolean
  /** Sends what is queued and ends. */
  close: () => void
  /** Ends at once; the peer is reset. */
  abort: () => void
  /** Takes no frames until `resume`; the sender's room fills up. */
  pause: () => void
  resume: () => void
}

/** A machine on the network, while its process runs. */
export interface Host {
  readonly id: HostId
  handle: (protocol: string, accept: (stream: StreamEnd) => void) => void
  /** opened: undefined when the peer cannot be reached, refuses, or does not answer in time. */
  open: (peer: HostId, protocol: string, timeoutMs: number, opened: (stream: StreamEnd | undefined) => void) => void
  /** crash: its system resets all streams. power: silence. */
  vanish: (how: 'crash' | 'power') => void
}
