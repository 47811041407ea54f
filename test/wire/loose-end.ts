// One end of a libp2p stream, the class that muxers build on, whose other end is the test: it sees each write, says
// when there is room, and brings whatever bytes it likes.
import { AbstractStream, type SendResult } from '@libp2p/utils'
import { defaultLogger } from '@libp2p/logger'
import type { Uint8ArrayList } from 'uint8arraylist'

export class LooseEnd extends AbstractStream {
  readonly writes: Uint8Array[] = []
  /** The muxer's window is used up: what is written goes, and nothing more until `drain`. */
  full = false
  closedWrite = false

  constructor () {
    super({ id: 'loose', log: defaultLogger().forComponent('test:loose-end') })
  }

  drain (): void {
    this.full = false
    this.safeDispatchEvent('drain')
  }

  sendData (data: Uint8ArrayList): SendResult {
    this.writes.push(data.slice())
    return { sentBytes: data.byteLength, canSendMore: !this.full }
  }

  async sendCloseWrite (): Promise<void> { this.closedWrite = true }
  async sendCloseRead (): Promise<void> { /* the test reads nothing */ }
  sendReset (): void { /* the test has seen the end */ }
  sendPause (): void { /* seen by readStatus */ }
  sendResume (): void { /* seen by readStatus */ }
}
