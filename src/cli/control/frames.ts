/**
 * The control socket's language: one JSON object a line. The caller numbers its calls; each is answered by any number
 * of events and one result or error. Any process of the same user may attach, so every line is bounded and checked.
 */
import { z } from 'zod'
import { MalformedError, TooLargeError } from '../../errors.ts'
import { CONTROL_DEFAULTS } from '../defaults.ts'

const CallNumber = z.number().int().positive().max(Number.MAX_SAFE_INTEGER)

const RequestLine = z.union([
  z.strictObject({ id: CallNumber, method: z.string().min(1).max(64), params: z.unknown() }),
  z.strictObject({ cancel: CallNumber })
])

const ReplyLine = z.union([
  z.strictObject({ id: CallNumber, event: z.unknown() }),
  z.strictObject({ id: CallNumber, result: z.unknown() }),
  z.strictObject({ id: CallNumber, error: z.strictObject({ name: z.string(), message: z.string() }) }),
  // The server is about to end: no more calls, please, and hang up once all are answered.
  z.strictObject({ closing: z.literal(true) })
])

export type Request = z.infer<typeof RequestLine>
export type Reply = z.infer<typeof ReplyLine>

/** Name of the error that answers a call which the server did not perform, or can no longer go on with, because it ends. */
export const CLOSING = 'ClosingError'

const LINE_FEED = 0x0a

/** Cuts a byte stream into lines. A line over the limit throws TooLargeError as soon as the limit is passed. */
export class LineSplitter {
  readonly #bytesMax: number
  #kept: Uint8Array[] = []
  #keptBytes = 0

  constructor (bytesMax: number = CONTROL_DEFAULTS.lineBytes) {
    this.#bytesMax = bytesMax
  }

  * push (chunk: Uint8Array): Generator<string> {
    let from = 0
    for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, from)) {
      this.#keep(chunk.subarray(from, at))
      const line = Buffer.concat(this.#kept).toString('utf8')
      this.#kept = []
      this.#keptBytes = 0
      from = at + 1
      yield line
    }
    this.#keep(chunk.subarray(from))
  }

  #keep (bytes: Uint8Array): void {
    this.#keptBytes += bytes.byteLength
    if (this.#keptBytes > this.#bytesMax) throw new TooLargeError(`a line on the control socket is longer than ${this.#bytesMax} bytes`)
    if (bytes.byteLength > 0) this.#kept.push(bytes)
  }
}

export function encodeLine (frame: Request | Reply): string {
  return `${JSON.stringify(frame)}\n`
}

/** Throws MalformedError. */
export function decodeRequest (line: string): Request {
  return decode(RequestLine, line)
}

/** Throws MalformedError. */
export function decodeReply (line: string): Reply {
  return decode(ReplyLine, line)
}

function decode<Schema extends z.ZodType> (schema: Schema, line: string): z.infer<Schema> {
  const parsed = schema.safeParse(parseJson(line))
  if (!parsed.success) throw new MalformedError('a line on the control socket does not have its form')
  return parsed.data
}

function parseJson (line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    throw new MalformedError('a line on the control socket is not JSON', { cause: error })
  }
}
