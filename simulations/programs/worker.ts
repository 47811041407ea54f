/** A worker thread of the pool: performs the runs that it is given, one after another. */
import { parentPort } from 'node:worker_threads'
import { performJob, type Job, type Said } from '../pool.ts'

if (parentPort === null) throw new Error('this program runs as a worker thread of simulations/pool.ts')
const port = parentPort
const say = (said: Said): void => { port.postMessage(said) }

port.on('message', (job: Job) => {
  void performJob(job, share => { say({ type: 'progress', share }) }).then(finished => { say({ type: 'finished', finished }) })
})
