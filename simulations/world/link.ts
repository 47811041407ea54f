/**
 * The network's vocabulary: what actors see of it (Host, StreamEnd), and what its parts see of each other (Machine,
 * Medium, Receiver).
 */
import type { Chance } from './chance.ts'
import type { World } from './world.ts'

export type HostId = string

/** What travels. bytes: on the wire, framing included. */
export interface Frame { readonly kind: string, readonly bytes: number }

/** One end of a stream. */
export interface StreamEnd<Out extends Frame = Frame, In extends Frame = Out> {
  readonly peer: HostId
  readonly protocol: string
  /** Bytes sent that the peer has not taken. */
  readonly queuedBytes: number
  readonly isOpen: boolean
  /** Set by whoever has this end, at once when they get it. */
  onFrame: (frame: In) => void
  /** Once. closed: the peer said goodbye; lost: reset, or given up. Not called for one's own close or abort. */
  onEnd: (why: 'closed' | 'lost') => void
  /** False: no room or no stream, and nothing was sent. */
  send: (frame: Out) => boolean
  /** Sends what is queued and ends; takes in nothing more. */
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
  /** crash: its system resets all streams. power: silence. Nothing of this host is called back any more. */
  vanish: (how: 'crash' | 'power') => void
}

export interface NetworkConditions {
  /** Median of one way between two hosts, ms. */
  latencyMs: number
  /** Of packets, each way. */
  loss: number
  repeated: number
  reordered: number
}

/** Traffic as it is handed to the network (checks/witness.ts). */
export type OnSent = (event: { at: number, from: string, kind: string, messages: number, bytes: number }) => void

/** A process's place on the network, as streams and pipes see it. */
export interface Machine {
  readonly id: HostId
  /** Its own part of every way, ms. */
  readonly wayMs: number
  readonly isGone: boolean
  readonly streams: Set<Leavable>
}

/** A stream, as the process that it belongs to sees it. */
export interface Leavable {
  vanished: (machine: Machine, how: 'crash' | 'power') => void
  joins: (machine: Machine) => boolean
}

/** What lies between machines. */
export interface Medium {
  readonly world: World
  readonly chance: Chance
  readonly conditions: NetworkConditions
  readonly onSent: OnSent
  isCut: (from: HostId, to: HostId) => boolean
  /** Without power: silent, where a machine without the process would refuse. */
  isDark: (id: HostId) => boolean
}

/** An end of a stream, as pipes see it. */
export interface Receiver {
  readonly self: Machine
  readonly isOpen: boolean
  readonly isPaused: boolean
  /** Over without a goodbye: whoever still sends to it is reset. */
  readonly isUnknown: boolean
  readonly onFrame: (frame: Frame) => void
  /** The peer has closed. */
  ended: () => void
  /** Reset by the peer's system, or given up by ours. */
  lose: () => void
}
