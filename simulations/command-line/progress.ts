/** For somebody who waits: a bar on a terminal, and elsewhere a line now and then for whoever reads the log. */
import cliProgress from 'cli-progress'
import type { Finished, PoolOptions } from '../pool.ts'

type Progress = Required<Pick<PoolOptions, 'onProgress' | 'onFinished'>>

/** Of a bar that is full. */
const FULL = 1000
/** Between two lines in a log: what is over before says nothing. */
const LINE_MS = 20_000

export async function withProgress<T> (stream: NodeJS.WritableStream & { isTTY?: boolean }, runs: number, work: (progress: Progress) => Promise<T>): Promise<T> {
  if (stream.isTTY !== true) return await work(inLines(stream))
  const bar = new cliProgress.SingleBar({
    stream,
    format: '{bar} {percentage} %  {finished} of {runs} runs  {duration_formatted}  {last}',
    hideCursor: true,
    clearOnComplete: true,
    // The work leaves no room for timers: whoever tells progress draws it.
    noTTYOutput: false,
    synchronousUpdate: true
  }, cliProgress.Presets.shades_classic)
  let finished = 0
  bar.start(FULL, 0, { finished, runs, last: '' })
  try {
    return await work({
      onProgress: share => { bar.update(Math.floor(share * FULL)) },
      onFinished: ({ job }: Finished) => { bar.update({ finished: ++finished, last: `${job.name} ${job.seed}` }) }
    })
  } finally {
    bar.stop()
  }
}

function inLines (stream: NodeJS.WritableStream): Progress {
  const beganAt = performance.now()
  let toldAt = beganAt
  return {
    onProgress: share => {
      const now = performance.now()
      if (now - toldAt < LINE_MS) return
      toldAt = now
      stream.write(`${Math.floor(share * 100)} % after ${Math.round((now - beganAt) / 1000)} s\n`)
    },
    onFinished: () => {}
  }
}
