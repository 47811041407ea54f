/** What the figures of a summary are called in tables, in the order in which they are told. */
import type { Quantity } from './quantity.ts'

export interface Words { words: string, quantity: Quantity }

const FIGURES: ReadonlyMap<string, Words> = new Map(Object.entries({
  messagesWritten: { words: 'messages written', quantity: 'count' },
  messagesStored: { words: 'messages stored', quantity: 'count' },
  messagesDelivered: { words: 'messages delivered', quantity: 'count' },
  messagesLost: { words: 'messages stored and never shown', quantity: 'count' },
  ...quantiles('deliveryMs', 'delivery latency'),
  ...quantiles('deliveryOnlineMs', 'delivery latency, readers online'),
  ...quantiles('storedMs', 'time until stored'),
  copiesMean: { words: 'copies when stored, mean', quantity: 'count' },
  reachableShare: { words: 'reachable share of nodes', quantity: 'share' },
  reachableShareMin: { words: 'reachable share of nodes, worst step', quantity: 'share' },
  devicesUpShare: { words: 'share of devices that are up', quantity: 'share' },
  powerCuts: { words: 'power cuts of running nodes', quantity: 'count' },
  nodesCaught: { words: 'nodes caught by audits', quantity: 'count' },
  lookUps: { words: 'look-ups on the network', quantity: 'count' },
  routingSuccessShare: { words: 'routing success', quantity: 'share' },
  ...quantiles('lookUpMs', 'look-up time'),
  messagesPerNodeHour: { words: 'messages per node and hour', quantity: 'count' },
  bytesPerNodeHour: { words: 'bytes per node and hour', quantity: 'bytes' },
  kadMessagesPerNodeHour: { words: 'messages per node and hour, kad (model)', quantity: 'count' },
  kadBytesPerNodeHour: { words: 'bytes per node and hour, kad (model)', quantity: 'bytes' },
  messagesPerDeviceHour: { words: 'messages per device and hour', quantity: 'count' },
  bytesPerDeviceHour: { words: 'bytes per device and hour', quantity: 'bytes' }
} satisfies Record<string, Words>))

const COPIES_SHARE = /^copies(\d+)Share$/
const OF_KIND = /^(.+?)(Messages|Bytes)PerNodeHour$/

export interface NamedFigure extends Words {
  name: string
  /** Set when it is the traffic of one kind of frame. */
  kind?: string
}

/** Figures of these names in the order to tell them; what is not known here comes last, under its own name. */
export function inWords (names: Iterable<string>): NamedFigure[] {
  const rest = new Set(names)
  const known = [...FIGURES].flatMap(([name, words]) => rest.delete(name) ? [{ name, ...words }] : [])
  return [...known, ...[...rest].sort().map(name => unnamed(name))]
}

function unnamed (name: string): NamedFigure {
  const copies = COPIES_SHARE.exec(name)?.[1]
  if (copies !== undefined) return { name, words: `stored with ${copies} ${copies === '1' ? 'copy' : 'copies'}`, quantity: 'share' }
  const [, kind, what] = OF_KIND.exec(name) ?? []
  if (kind !== undefined) return { name, words: kind, kind, quantity: what === 'Bytes' ? 'bytes' : 'count' }
  return { name, words: name, quantity: name.endsWith('Share') ? 'share' : /Ms(P\d+)?$/.test(name) ? 'ms' : 'count' }
}

function quantiles (name: string, words: string): Record<string, Words> {
  return Object.fromEntries(['P50', 'P90', 'P99'].map(suffix => [`${name}${suffix}`, { words: `${words}, ${suffix.toLowerCase()}`, quantity: 'ms' as const }]))
}
