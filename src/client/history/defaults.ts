/** Numbers of the history. Each says where it comes from. */
const DAY = 24 * 60 * 60 * 1000

export const HISTORY_DEFAULTS = Object.freeze({
  /** Lines that share a key: a key costs as much to derive as five lines to open, so a screen costs one or two. */
  segmentLines: 256,
  /** Lines of one page when nobody says how many, and of one step of a walk. */
  pageLines: 256,
  /** What was said about one line, the newest first: more than anybody says, so that nobody can make a line expensive. */
  amendmentsMax: 4096,
  /** Unread lines of one conversation that are counted: nobody reads a higher number. */
  unreadMax: 9999,
  /** Lines, read marks and deletes that may still be on their way to the disk: the inbox has at most 4,096 under way, an import 1,024. */
  recentMax: 8192,
  /** Lines that one step of the sweep erases. */
  sweepLines: 256,
  /** The sweep looks at least this often: timers of browsers reach 24 days at most, and stop while a machine sleeps. */
  sweepIntervalMsMax: DAY,
  /** A deleted line loses its text so long after; a burst of them is one sweep. */
  sweepDeletedMs: 1000,
  /** Items of one batch of an import. */
  importItems: 1024
})

export type HistoryLimits = Record<keyof typeof HISTORY_DEFAULTS, number>
