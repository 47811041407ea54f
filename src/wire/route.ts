import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface RouteBody {
  root: Uint8Array<ArrayBuffer>
  epoch: number
  seq: bigint
  notAfter: number
  n: number
  w: number
  profileEpoch: number
  profileSeq: bigint
  profileHash: Uint8Array<ArrayBuffer>
  entries: RouteEntryBody[]
}

export namespace RouteBody {
  let _codec: Codec<RouteBody>

  export const codec = (): Codec<RouteBody> => {
    if (_codec == null) {
      _codec = message<RouteBody>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.root != null && obj.root.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.root)
        }

        if ((obj.epoch != null && obj.epoch !== 0)) {
          w.uint32(16)
          w.uint32(obj.epoch)
        }

        if ((obj.seq != null && obj.seq !== 0n)) {
          w.uint32(24)
          w.uint64(obj.seq)
        }

        if ((obj.notAfter != null && obj.notAfter !== 0)) {
          w.uint32(32)
          w.uint32(obj.notAfter)
        }

        if ((obj.n != null && obj.n !== 0)) {
          w.uint32(40)
          w.uint32(obj.n)
        }

        if ((obj.w != null && obj.w !== 0)) {
          w.uint32(48)
          w.uint32(obj.w)
        }

        if ((obj.profileEpoch != null && obj.profileEpoch !== 0)) {
          w.uint32(56)
          w.uint32(obj.profileEpoch)
        }

        if ((obj.profileSeq != null && obj.profileSeq !== 0n)) {
          w.uint32(64)
          w.uint64(obj.profileSeq)
        }

        if ((obj.profileHash != null && obj.profileHash.byteLength > 0)) {
          w.uint32(74)
          w.bytes(obj.profileHash)
        }

        if (obj.entries != null && obj.entries.length > 0) {
          for (const value of obj.entries) {
            w.uint32(82)
            RouteEntryBody.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          root: uint8ArrayAlloc(0),
          epoch: 0,
          seq: 0n,
          notAfter: 0,
          n: 0,
          w: 0,
          profileEpoch: 0,
          profileSeq: 0n,
          profileHash: uint8ArrayAlloc(0),
          entries: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.root = reader.bytes()
              break
            }
            case 2: {
              obj.epoch = reader.uint32()
              break
            }
            case 3: {
              obj.seq = reader.uint64()
              break
            }
            case 4: {
              obj.notAfter = reader.uint32()
              break
            }
            case 5: {
              obj.n = reader.uint32()
              break
            }
            case 6: {
              obj.w = reader.uint32()
              break
            }
            case 7: {
              obj.profileEpoch = reader.uint32()
              break
            }
            case 8: {
              obj.profileSeq = reader.uint64()
              break
            }
            case 9: {
              obj.profileHash = reader.bytes()
              break
            }
            case 10: {
              if (opts.limits?.entries != null && obj.entries.length === opts.limits.entries) {
                throw new MaxLengthError('Decode error - repeated field "entries" had too many elements')
              }

              obj.entries.push(RouteEntryBody.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.entries$
              }))
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          entries: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.root`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.epoch`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.seq`,
                value: reader.uint64()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.notAfter`,
                value: reader.uint32()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.n`,
                value: reader.uint32()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.w`,
                value: reader.uint32()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.profileEpoch`,
                value: reader.uint32()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.profileSeq`,
                value: reader.uint64()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.profileHash`,
                value: reader.bytes()
              }
              break
            }
            case 10: {
              if (opts.limits?.entries != null && obj.entries === opts.limits.entries) {
                throw new MaxLengthError('Streaming decode error - repeated field "entries" had too many elements')
              }

              for (const evt of RouteEntryBody.codec().stream(reader, reader.uint32(), `${prefix}.entries[]`, {
                limits: opts.limits?.entries$
              })) {
                yield {
                  ...evt,
                  index: obj.entries
                }
              }

              obj.entries++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface RouteBodyRootFieldEvent {
    field: '$.root'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RouteBodyEpochFieldEvent {
    field: '$.epoch'
    value: number
  }

  export interface RouteBodySeqFieldEvent {
    field: '$.seq'
    value: bigint
  }

  export interface RouteBodyNotAfterFieldEvent {
    field: '$.notAfter'
    value: number
  }

  export interface RouteBodyNFieldEvent {
    field: '$.n'
    value: number
  }

  export interface RouteBodyWFieldEvent {
    field: '$.w'
    value: number
  }

  export interface RouteBodyProfileEpochFieldEvent {
    field: '$.profileEpoch'
    value: number
  }

  export interface RouteBodyProfileSeqFieldEvent {
    field: '$.profileSeq'
    value: bigint
  }

  export interface RouteBodyProfileHashFieldEvent {
    field: '$.profileHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RouteBodyEntriesNodeFieldEvent {
    field: '$.entries[].node'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface RouteBodyEntriesTicketExpiryFieldEvent {
    field: '$.entries[].ticketExpiry'
    value: number
    index: number
  }

  export interface RouteBodyEntriesTicketSignatureFieldEvent {
    field: '$.entries[].ticketSignature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface RouteBodyEntriesAddressFieldEvent {
    field: '$.entries[].address'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export function encode (obj: Partial<RouteBody>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, RouteBody.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RouteBody>): RouteBody {
    return decodeMessage(buf, RouteBody.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RouteBody>): Generator<RouteBodyRootFieldEvent | RouteBodyEpochFieldEvent | RouteBodySeqFieldEvent | RouteBodyNotAfterFieldEvent | RouteBodyNFieldEvent | RouteBodyWFieldEvent | RouteBodyProfileEpochFieldEvent | RouteBodyProfileSeqFieldEvent | RouteBodyProfileHashFieldEvent | RouteBodyEntriesNodeFieldEvent | RouteBodyEntriesTicketExpiryFieldEvent | RouteBodyEntriesTicketSignatureFieldEvent | RouteBodyEntriesAddressFieldEvent> {
    return streamMessage(buf, RouteBody.codec(), opts)
  }
}

export interface RouteEntryBody {
  node: Uint8Array<ArrayBuffer>
  ticketExpiry: number
  ticketSignature: Uint8Array<ArrayBuffer>
  address: Uint8Array<ArrayBuffer>
}

export namespace RouteEntryBody {
  let _codec: Codec<RouteEntryBody>

  export const codec = (): Codec<RouteEntryBody> => {
    if (_codec == null) {
      _codec = message<RouteEntryBody>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.node != null && obj.node.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.node)
        }

        if ((obj.ticketExpiry != null && obj.ticketExpiry !== 0)) {
          w.uint32(16)
          w.uint32(obj.ticketExpiry)
        }

        if ((obj.ticketSignature != null && obj.ticketSignature.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.ticketSignature)
        }

        if ((obj.address != null && obj.address.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.address)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          node: uint8ArrayAlloc(0),
          ticketExpiry: 0,
          ticketSignature: uint8ArrayAlloc(0),
          address: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.node = reader.bytes()
              break
            }
            case 2: {
              obj.ticketExpiry = reader.uint32()
              break
            }
            case 3: {
              obj.ticketSignature = reader.bytes()
              break
            }
            case 4: {
              obj.address = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.node`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.ticketExpiry`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.ticketSignature`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.address`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface RouteEntryBodyNodeFieldEvent {
    field: '$.node'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RouteEntryBodyTicketExpiryFieldEvent {
    field: '$.ticketExpiry'
    value: number
  }

  export interface RouteEntryBodyTicketSignatureFieldEvent {
    field: '$.ticketSignature'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RouteEntryBodyAddressFieldEvent {
    field: '$.address'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<RouteEntryBody>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, RouteEntryBody.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RouteEntryBody>): RouteEntryBody {
    return decodeMessage(buf, RouteEntryBody.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RouteEntryBody>): Generator<RouteEntryBodyNodeFieldEvent | RouteEntryBodyTicketExpiryFieldEvent | RouteEntryBodyTicketSignatureFieldEvent | RouteEntryBodyAddressFieldEvent> {
    return streamMessage(buf, RouteEntryBody.codec(), opts)
  }
}
