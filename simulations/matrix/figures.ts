/** What a baseline remembers of a run: every check's figure, and how mail and routing fared, by name. */
import type { RunResult } from '../run.ts'

/** Of `Figures.summary()`. */
const REMEMBERED: ReadonlySet<string> = new Set([
  'messagesWritten', 'messagesStored', 'messagesDelivered',
  'deliveryMsP50', 'deliveryMsP99', 'deliveryOnlineMsP50', 'deliveryOnlineMsP99', 'storedMsP50', 'storedMsP99', 'copiesMean',
  'reachableShare', 'routingSuccessShare', 'lookUpMsP50', 'lookUpMsP99',
  'messagesPerNodeHour', 'bytesPerNodeHour', 'kadMessagesPerNodeHour', 'messagesPerDeviceHour'
])

export function figuresOf ({ checks, summary }: RunResult): Record<string, number> {
  return Object.fromEntries([
    ...checks.map(({ name, figure }) => [name, figure]),
    ...Object.entries(summary).filter(([name]) => REMEMBERED.has(name))
  ])
}
