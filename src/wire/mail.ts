import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface StreamLimits {
  frameBytes: number
  inFlightDeposits: number
}

export namespace StreamLimits {
  let _codec: Codec<StreamLimits>

  export const codec = (): Codec<StreamLimits> => {
    if (_codec == null) {
      _codec = message<StreamLimits>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.frameBytes != null && obj.frameBytes !== 0)) {
          w.uint32(8)
          w.uint32(obj.frameBytes)
        }

        if ((obj.inFlightDeposits != null && obj.inFlightDeposits !== 0)) {
          w.uint32(16)
          w.uint32(obj.inFlightDeposits)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          frameBytes: 0,
          inFlightDeposits: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.frameBytes = reader.uint32()
              break
            }
            case 2: {
              obj.inFlightDeposits = reader.uint32()
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
                field: `${prefix}.frameBytes`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.inFlightDeposits`,
                value: reader.uint32()
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

  export interface StreamLimitsFrameBytesFieldEvent {
    field: '$.frameBytes'
    value: number
  }

  export interface StreamLimitsInFlightDepositsFieldEvent {
    field: '$.inFlightDeposits'
    value: number
  }

  export function encode (obj: Partial<StreamLimits>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, StreamLimits.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StreamLimits>): StreamLimits {
    return decodeMessage(buf, StreamLimits.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StreamLimits>): Generator<StreamLimitsFrameBytesFieldEvent | StreamLimitsInFlightDepositsFieldEvent> {
    return streamMessage(buf, StreamLimits.codec(), opts)
  }
}

export interface Hello {
  versions: number[]
  features: bigint
  criticalFeatures: bigint
  network: string
  limits?: StreamLimits
  storeId: Uint8Array<ArrayBuffer>
}

export namespace Hello {
  let _codec: Codec<Hello>

  export const codec = (): Codec<Hello> => {
    if (_codec == null) {
      _codec = message<Hello>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.versions != null && obj.versions.length > 0) {
          for (const value of obj.versions) {
            w.uint32(8)
            w.uint32(value)
          }
        }

        if ((obj.features != null && obj.features !== 0n)) {
          w.uint32(16)
          w.uint64(obj.features)
        }

        if ((obj.criticalFeatures != null && obj.criticalFeatures !== 0n)) {
          w.uint32(24)
          w.uint64(obj.criticalFeatures)
        }

        if ((obj.network != null && obj.network !== '')) {
          w.uint32(34)
          w.string(obj.network)
        }

        if (obj.limits != null) {
          w.uint32(42)
          StreamLimits.codec().encode(obj.limits, w)
        }

        if ((obj.storeId != null && obj.storeId.byteLength > 0)) {
          w.uint32(50)
          w.bytes(obj.storeId)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          versions: [],
          features: 0n,
          criticalFeatures: 0n,
          network: '',
          storeId: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.versions != null && obj.versions.length === opts.limits.versions) {
                throw new MaxLengthError('Decode error - repeated field "versions" had too many elements')
              }

              obj.versions.push(reader.uint32())
              break
            }
            case 2: {
              obj.features = reader.uint64()
              break
            }
            case 3: {
              obj.criticalFeatures = reader.uint64()
              break
            }
            case 4: {
              obj.network = reader.string()
              break
            }
            case 5: {
              obj.limits = StreamLimits.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.limits
              })
              break
            }
            case 6: {
              obj.storeId = reader.bytes()
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
          versions: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.versions != null && obj.versions === opts.limits.versions) {
                throw new MaxLengthError('Streaming decode error - repeated field "versions" had too many elements')
              }

              yield {
                field: `${prefix}.versions[]`,
                index: obj.versions,
                value: reader.uint32()
              }

              obj.versions++

              break
            }
            case 2: {
              yield {
                field: `${prefix}.features`,
                value: reader.uint64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.criticalFeatures`,
                value: reader.uint64()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.network`,
                value: reader.string()
              }
              break
            }
            case 5: {
              yield * StreamLimits.codec().stream(reader, reader.uint32(), `${prefix}.limits`, {
                limits: opts.limits?.limits
              })

              break
            }
            case 6: {
              yield {
                field: `${prefix}.storeId`,
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

  export interface HelloVersionsFieldEvent {
    field: '$.versions[]'
    index: number
    value: number
  }

  export interface HelloFeaturesFieldEvent {
    field: '$.features'
    value: bigint
  }

  export interface HelloCriticalFeaturesFieldEvent {
    field: '$.criticalFeatures'
    value: bigint
  }

  export interface HelloNetworkFieldEvent {
    field: '$.network'
    value: string
  }

  export interface HelloLimitsFrameBytesFieldEvent {
    field: '$.limits.frameBytes'
    value: number
  }

  export interface HelloLimitsInFlightDepositsFieldEvent {
    field: '$.limits.inFlightDeposits'
    value: number
  }

  export interface HelloStoreIdFieldEvent {
    field: '$.storeId'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Hello>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Hello.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Hello>): Hello {
    return decodeMessage(buf, Hello.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Hello>): Generator<HelloVersionsFieldEvent | HelloFeaturesFieldEvent | HelloCriticalFeaturesFieldEvent | HelloNetworkFieldEvent | HelloLimitsFrameBytesFieldEvent | HelloLimitsInFlightDepositsFieldEvent | HelloStoreIdFieldEvent> {
    return streamMessage(buf, Hello.codec(), opts)
  }
}

export interface RefusalBody {
  code: number
  retryAfterSeconds: number
}

export namespace RefusalBody {
  let _codec: Codec<RefusalBody>

  export const codec = (): Codec<RefusalBody> => {
    if (_codec == null) {
      _codec = message<RefusalBody>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.code != null && obj.code !== 0)) {
          w.uint32(8)
          w.uint32(obj.code)
        }

        if ((obj.retryAfterSeconds != null && obj.retryAfterSeconds !== 0)) {
          w.uint32(16)
          w.uint32(obj.retryAfterSeconds)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          code: 0,
          retryAfterSeconds: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.code = reader.uint32()
              break
            }
            case 2: {
              obj.retryAfterSeconds = reader.uint32()
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
                field: `${prefix}.code`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.retryAfterSeconds`,
                value: reader.uint32()
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

  export interface RefusalBodyCodeFieldEvent {
    field: '$.code'
    value: number
  }

  export interface RefusalBodyRetryAfterSecondsFieldEvent {
    field: '$.retryAfterSeconds'
    value: number
  }

  export function encode (obj: Partial<RefusalBody>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, RefusalBody.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RefusalBody>): RefusalBody {
    return decodeMessage(buf, RefusalBody.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RefusalBody>): Generator<RefusalBodyCodeFieldEvent | RefusalBodyRetryAfterSecondsFieldEvent> {
    return streamMessage(buf, RefusalBody.codec(), opts)
  }
}

export interface Receipts {
  node: Uint8Array<ArrayBuffer>
  storeId: Uint8Array<ArrayBuffer>
  time: bigint
  leafCount: number
  firstLeaf: number
  tickets: number[]
  proof: Uint8Array<ArrayBuffer>[]
  signature: Uint8Array<ArrayBuffer>
}

export namespace Receipts {
  let _codec: Codec<Receipts>

  export const codec = (): Codec<Receipts> => {
    if (_codec == null) {
      _codec = message<Receipts>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.node != null && obj.node.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.node)
        }

        if ((obj.storeId != null && obj.storeId.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.storeId)
        }

        if ((obj.time != null && obj.time !== 0n)) {
          w.uint32(24)
          w.uint64(obj.time)
        }

        if ((obj.leafCount != null && obj.leafCount !== 0)) {
          w.uint32(32)
          w.uint32(obj.leafCount)
        }

        if ((obj.firstLeaf != null && obj.firstLeaf !== 0)) {
          w.uint32(40)
          w.uint32(obj.firstLeaf)
        }

        if (obj.tickets != null && obj.tickets.length > 0) {
          for (const value of obj.tickets) {
            w.uint32(48)
            w.uint32(value)
          }
        }

        if (obj.proof != null && obj.proof.length > 0) {
          for (const value of obj.proof) {
            w.uint32(58)
            w.bytes(value)
          }
        }

        if ((obj.signature != null && obj.signature.byteLength > 0)) {
          w.uint32(66)
          w.bytes(obj.signature)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          node: uint8ArrayAlloc(0),
          storeId: uint8ArrayAlloc(0),
          time: 0n,
          leafCount: 0,
          firstLeaf: 0,
          tickets: [],
          proof: [],
          signature: uint8ArrayAlloc(0)
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
              obj.storeId = reader.bytes()
              break
            }
            case 3: {
              obj.time = reader.uint64()
              break
            }
            case 4: {
              obj.leafCount = reader.uint32()
              break
            }
            case 5: {
              obj.firstLeaf = reader.uint32()
              break
            }
            case 6: {
              if (opts.limits?.tickets != null && obj.tickets.length === opts.limits.tickets) {
                throw new MaxLengthError('Decode error - repeated field "tickets" had too many elements')
              }

              obj.tickets.push(reader.uint32())
              break
            }
            case 7: {
              if (opts.limits?.proof != null && obj.proof.length === opts.limits.proof) {
                throw new MaxLengthError('Decode error - repeated field "proof" had too many elements')
              }

              obj.proof.push(reader.bytes())
              break
            }
            case 8: {
              obj.signature = reader.bytes()
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
          tickets: 0,
          proof: 0
        }

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
                field: `${prefix}.storeId`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.time`,
                value: reader.uint64()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.leafCount`,
                value: reader.uint32()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.firstLeaf`,
                value: reader.uint32()
              }
              break
            }
            case 6: {
              if (opts.limits?.tickets != null && obj.tickets === opts.limits.tickets) {
                throw new MaxLengthError('Streaming decode error - repeated field "tickets" had too many elements')
              }

              yield {
                field: `${prefix}.tickets[]`,
                index: obj.tickets,
                value: reader.uint32()
              }

              obj.tickets++

              break
            }
            case 7: {
              if (opts.limits?.proof != null && obj.proof === opts.limits.proof) {
                throw new MaxLengthError('Streaming decode error - repeated field "proof" had too many elements')
              }

              yield {
                field: `${prefix}.proof[]`,
                index: obj.proof,
                value: reader.bytes()
              }

              obj.proof++

              break
            }
            case 8: {
              yield {
                field: `${prefix}.signature`,
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

  export interface ReceiptsNodeFieldEvent {
    field: '$.node'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReceiptsStoreIdFieldEvent {
    field: '$.storeId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReceiptsTimeFieldEvent {
    field: '$.time'
    value: bigint
  }

  export interface ReceiptsLeafCountFieldEvent {
    field: '$.leafCount'
    value: number
  }

  export interface ReceiptsFirstLeafFieldEvent {
    field: '$.firstLeaf'
    value: number
  }

  export interface ReceiptsTicketsFieldEvent {
    field: '$.tickets[]'
    index: number
    value: number
  }

  export interface ReceiptsProofFieldEvent {
    field: '$.proof[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReceiptsSignatureFieldEvent {
    field: '$.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Receipts>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Receipts.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Receipts>): Receipts {
    return decodeMessage(buf, Receipts.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Receipts>): Generator<ReceiptsNodeFieldEvent | ReceiptsStoreIdFieldEvent | ReceiptsTimeFieldEvent | ReceiptsLeafCountFieldEvent | ReceiptsFirstLeafFieldEvent | ReceiptsTicketsFieldEvent | ReceiptsProofFieldEvent | ReceiptsSignatureFieldEvent> {
    return streamMessage(buf, Receipts.codec(), opts)
  }
}

export interface Tickets {
  tickets: number[]
}

export namespace Tickets {
  let _codec: Codec<Tickets>

  export const codec = (): Codec<Tickets> => {
    if (_codec == null) {
      _codec = message<Tickets>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.tickets != null && obj.tickets.length > 0) {
          for (const value of obj.tickets) {
            w.uint32(8)
            w.uint32(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          tickets: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.tickets != null && obj.tickets.length === opts.limits.tickets) {
                throw new MaxLengthError('Decode error - repeated field "tickets" had too many elements')
              }

              obj.tickets.push(reader.uint32())
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
          tickets: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.tickets != null && obj.tickets === opts.limits.tickets) {
                throw new MaxLengthError('Streaming decode error - repeated field "tickets" had too many elements')
              }

              yield {
                field: `${prefix}.tickets[]`,
                index: obj.tickets,
                value: reader.uint32()
              }

              obj.tickets++

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

  export interface TicketsTicketsFieldEvent {
    field: '$.tickets[]'
    index: number
    value: number
  }

  export function encode (obj: Partial<Tickets>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Tickets.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Tickets>): Tickets {
    return decodeMessage(buf, Tickets.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Tickets>): Generator<TicketsTicketsFieldEvent> {
    return streamMessage(buf, Tickets.codec(), opts)
  }
}

export interface Refused {
  tickets: number[]
  refusal?: RefusalBody
}

export namespace Refused {
  let _codec: Codec<Refused>

  export const codec = (): Codec<Refused> => {
    if (_codec == null) {
      _codec = message<Refused>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.tickets != null && obj.tickets.length > 0) {
          for (const value of obj.tickets) {
            w.uint32(8)
            w.uint32(value)
          }
        }

        if (obj.refusal != null) {
          w.uint32(18)
          RefusalBody.codec().encode(obj.refusal, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          tickets: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.tickets != null && obj.tickets.length === opts.limits.tickets) {
                throw new MaxLengthError('Decode error - repeated field "tickets" had too many elements')
              }

              obj.tickets.push(reader.uint32())
              break
            }
            case 2: {
              obj.refusal = RefusalBody.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.refusal
              })
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
          tickets: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.tickets != null && obj.tickets === opts.limits.tickets) {
                throw new MaxLengthError('Streaming decode error - repeated field "tickets" had too many elements')
              }

              yield {
                field: `${prefix}.tickets[]`,
                index: obj.tickets,
                value: reader.uint32()
              }

              obj.tickets++

              break
            }
            case 2: {
              yield * RefusalBody.codec().stream(reader, reader.uint32(), `${prefix}.refusal`, {
                limits: opts.limits?.refusal
              })

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

  export interface RefusedTicketsFieldEvent {
    field: '$.tickets[]'
    index: number
    value: number
  }

  export interface RefusedRefusalCodeFieldEvent {
    field: '$.refusal.code'
    value: number
  }

  export interface RefusedRefusalRetryAfterSecondsFieldEvent {
    field: '$.refusal.retryAfterSeconds'
    value: number
  }

  export function encode (obj: Partial<Refused>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Refused.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Refused>): Refused {
    return decodeMessage(buf, Refused.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Refused>): Generator<RefusedTicketsFieldEvent | RefusedRefusalCodeFieldEvent | RefusedRefusalRetryAfterSecondsFieldEvent> {
    return streamMessage(buf, Refused.codec(), opts)
  }
}

export interface Pushed {
  from: bigint
  to: bigint
}

export namespace Pushed {
  let _codec: Codec<Pushed>

  export const codec = (): Codec<Pushed> => {
    if (_codec == null) {
      _codec = message<Pushed>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.from != null && obj.from !== 0n)) {
          w.uint32(8)
          w.uint64(obj.from)
        }

        if ((obj.to != null && obj.to !== 0n)) {
          w.uint32(16)
          w.uint64(obj.to)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          from: 0n,
          to: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.from = reader.uint64()
              break
            }
            case 2: {
              obj.to = reader.uint64()
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
                field: `${prefix}.from`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.to`,
                value: reader.uint64()
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

  export interface PushedFromFieldEvent {
    field: '$.from'
    value: bigint
  }

  export interface PushedToFieldEvent {
    field: '$.to'
    value: bigint
  }

  export function encode (obj: Partial<Pushed>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Pushed.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Pushed>): Pushed {
    return decodeMessage(buf, Pushed.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Pushed>): Generator<PushedFromFieldEvent | PushedToFieldEvent> {
    return streamMessage(buf, Pushed.codec(), opts)
  }
}

export interface Behind {
  position: bigint
}

export namespace Behind {
  let _codec: Codec<Behind>

  export const codec = (): Codec<Behind> => {
    if (_codec == null) {
      _codec = message<Behind>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.position != null && obj.position !== 0n)) {
          w.uint32(8)
          w.uint64(obj.position)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          position: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.position = reader.uint64()
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
                field: `${prefix}.position`,
                value: reader.uint64()
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

  export interface BehindPositionFieldEvent {
    field: '$.position'
    value: bigint
  }

  export function encode (obj: Partial<Behind>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Behind.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Behind>): Behind {
    return decodeMessage(buf, Behind.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Behind>): Generator<BehindPositionFieldEvent> {
    return streamMessage(buf, Behind.codec(), opts)
  }
}

export interface Attach {
  certificate: Uint8Array<ArrayBuffer>
}

export namespace Attach {
  let _codec: Codec<Attach>

  export const codec = (): Codec<Attach> => {
    if (_codec == null) {
      _codec = message<Attach>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.certificate != null && obj.certificate.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.certificate)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          certificate: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.certificate = reader.bytes()
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
                field: `${prefix}.certificate`,
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

  export interface AttachCertificateFieldEvent {
    field: '$.certificate'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Attach>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Attach.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Attach>): Attach {
    return decodeMessage(buf, Attach.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Attach>): Generator<AttachCertificateFieldEvent> {
    return streamMessage(buf, Attach.codec(), opts)
  }
}

export interface Register {
  profile: Uint8Array<ArrayBuffer>
  deliveryKey?: Uint8Array<ArrayBuffer>
}

export namespace Register {
  let _codec: Codec<Register>

  export const codec = (): Codec<Register> => {
    if (_codec == null) {
      _codec = message<Register>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.profile != null && obj.profile.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.profile)
        }

        if (obj.deliveryKey != null) {
          w.uint32(18)
          w.bytes(obj.deliveryKey)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          profile: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.profile = reader.bytes()
              break
            }
            case 2: {
              obj.deliveryKey = reader.bytes()
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
                field: `${prefix}.profile`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.deliveryKey`,
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

  export interface RegisterProfileFieldEvent {
    field: '$.profile'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RegisterDeliveryKeyFieldEvent {
    field: '$.deliveryKey'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Register>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Register.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Register>): Register {
    return decodeMessage(buf, Register.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Register>): Generator<RegisterProfileFieldEvent | RegisterDeliveryKeyFieldEvent> {
    return streamMessage(buf, Register.codec(), opts)
  }
}

export interface Ticket {
  expiry: number
  signature: Uint8Array<ArrayBuffer>
}

export namespace Ticket {
  let _codec: Codec<Ticket>

  export const codec = (): Codec<Ticket> => {
    if (_codec == null) {
      _codec = message<Ticket>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.expiry != null && obj.expiry !== 0)) {
          w.uint32(8)
          w.uint32(obj.expiry)
        }

        if ((obj.signature != null && obj.signature.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.signature)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          expiry: 0,
          signature: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.expiry = reader.uint32()
              break
            }
            case 2: {
              obj.signature = reader.bytes()
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
                field: `${prefix}.expiry`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.signature`,
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

  export interface TicketExpiryFieldEvent {
    field: '$.expiry'
    value: number
  }

  export interface TicketSignatureFieldEvent {
    field: '$.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Ticket>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Ticket.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Ticket>): Ticket {
    return decodeMessage(buf, Ticket.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Ticket>): Generator<TicketExpiryFieldEvent | TicketSignatureFieldEvent> {
    return streamMessage(buf, Ticket.codec(), opts)
  }
}

export interface Find {
  root: Uint8Array<ArrayBuffer>
  fresh: boolean
}

export namespace Find {
  let _codec: Codec<Find>

  export const codec = (): Codec<Find> => {
    if (_codec == null) {
      _codec = message<Find>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.root != null && obj.root.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.root)
        }

        if ((obj.fresh != null && obj.fresh !== false)) {
          w.uint32(16)
          w.bool(obj.fresh)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          root: uint8ArrayAlloc(0),
          fresh: false
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
              obj.fresh = reader.bool()
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
                field: `${prefix}.root`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.fresh`,
                value: reader.bool()
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

  export interface FindRootFieldEvent {
    field: '$.root'
    value: Uint8Array<ArrayBuffer>
  }

  export interface FindFreshFieldEvent {
    field: '$.fresh'
    value: boolean
  }

  export function encode (obj: Partial<Find>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Find.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Find>): Find {
    return decodeMessage(buf, Find.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Find>): Generator<FindRootFieldEvent | FindFreshFieldEvent> {
    return streamMessage(buf, Find.codec(), opts)
  }
}

export interface Found {
  record: Uint8Array<ArrayBuffer>
  source: number
  profile: Uint8Array<ArrayBuffer>
}

export namespace Found {
  let _codec: Codec<Found>

  export const codec = (): Codec<Found> => {
    if (_codec == null) {
      _codec = message<Found>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.record != null && obj.record.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.record)
        }

        if ((obj.source != null && obj.source !== 0)) {
          w.uint32(16)
          w.uint32(obj.source)
        }

        if ((obj.profile != null && obj.profile.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.profile)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          record: uint8ArrayAlloc(0),
          source: 0,
          profile: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.record = reader.bytes()
              break
            }
            case 2: {
              obj.source = reader.uint32()
              break
            }
            case 3: {
              obj.profile = reader.bytes()
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
                field: `${prefix}.record`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.source`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.profile`,
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

  export interface FoundRecordFieldEvent {
    field: '$.record'
    value: Uint8Array<ArrayBuffer>
  }

  export interface FoundSourceFieldEvent {
    field: '$.source'
    value: number
  }

  export interface FoundProfileFieldEvent {
    field: '$.profile'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Found>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Found.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Found>): Found {
    return decodeMessage(buf, Found.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Found>): Generator<FoundRecordFieldEvent | FoundSourceFieldEvent | FoundProfileFieldEvent> {
    return streamMessage(buf, Found.codec(), opts)
  }
}

export interface Published {
  copies: number
}

export namespace Published {
  let _codec: Codec<Published>

  export const codec = (): Codec<Published> => {
    if (_codec == null) {
      _codec = message<Published>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.copies != null && obj.copies !== 0)) {
          w.uint32(8)
          w.uint32(obj.copies)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          copies: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.copies = reader.uint32()
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
                field: `${prefix}.copies`,
                value: reader.uint32()
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

  export interface PublishedCopiesFieldEvent {
    field: '$.copies'
    value: number
  }

  export function encode (obj: Partial<Published>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Published.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Published>): Published {
    return decodeMessage(buf, Published.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Published>): Generator<PublishedCopiesFieldEvent> {
    return streamMessage(buf, Published.codec(), opts)
  }
}

export interface Nodes {
  nodes: NodeAddress[]
}

export namespace Nodes {
  let _codec: Codec<Nodes>

  export const codec = (): Codec<Nodes> => {
    if (_codec == null) {
      _codec = message<Nodes>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.nodes != null && obj.nodes.length > 0) {
          for (const value of obj.nodes) {
            w.uint32(10)
            NodeAddress.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          nodes: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.nodes != null && obj.nodes.length === opts.limits.nodes) {
                throw new MaxLengthError('Decode error - repeated field "nodes" had too many elements')
              }

              obj.nodes.push(NodeAddress.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.nodes$
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
          nodes: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.nodes != null && obj.nodes === opts.limits.nodes) {
                throw new MaxLengthError('Streaming decode error - repeated field "nodes" had too many elements')
              }

              for (const evt of NodeAddress.codec().stream(reader, reader.uint32(), `${prefix}.nodes[]`, {
                limits: opts.limits?.nodes$
              })) {
                yield {
                  ...evt,
                  index: obj.nodes
                }
              }

              obj.nodes++

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

  export interface NodesNodesNodeFieldEvent {
    field: '$.nodes[].node'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface NodesNodesAddressesFieldEvent {
    field: '$.nodes[].addresses[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface NodesNodesKnownSecondsFieldEvent {
    field: '$.nodes[].knownSeconds'
    value: number
    index: number
  }

  export interface NodesNodesLoadFieldEvent {
    field: '$.nodes[].load'
    value: number
    index: number
  }

  export function encode (obj: Partial<Nodes>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Nodes.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Nodes>): Nodes {
    return decodeMessage(buf, Nodes.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Nodes>): Generator<NodesNodesNodeFieldEvent | NodesNodesAddressesFieldEvent | NodesNodesKnownSecondsFieldEvent | NodesNodesLoadFieldEvent> {
    return streamMessage(buf, Nodes.codec(), opts)
  }
}

export interface NodeAddress {
  node: Uint8Array<ArrayBuffer>
  addresses: Uint8Array<ArrayBuffer>[]
  knownSeconds: number
  load: number
}

export namespace NodeAddress {
  let _codec: Codec<NodeAddress>

  export const codec = (): Codec<NodeAddress> => {
    if (_codec == null) {
      _codec = message<NodeAddress>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.node != null && obj.node.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.node)
        }

        if (obj.addresses != null && obj.addresses.length > 0) {
          for (const value of obj.addresses) {
            w.uint32(18)
            w.bytes(value)
          }
        }

        if ((obj.knownSeconds != null && obj.knownSeconds !== 0)) {
          w.uint32(24)
          w.uint32(obj.knownSeconds)
        }

        if ((obj.load != null && obj.load !== 0)) {
          w.uint32(32)
          w.uint32(obj.load)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          node: uint8ArrayAlloc(0),
          addresses: [],
          knownSeconds: 0,
          load: 0
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
              if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements')
              }

              obj.addresses.push(reader.bytes())
              break
            }
            case 3: {
              obj.knownSeconds = reader.uint32()
              break
            }
            case 4: {
              obj.load = reader.uint32()
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
          addresses: 0
        }

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
              if (opts.limits?.addresses != null && obj.addresses === opts.limits.addresses) {
                throw new MaxLengthError('Streaming decode error - repeated field "addresses" had too many elements')
              }

              yield {
                field: `${prefix}.addresses[]`,
                index: obj.addresses,
                value: reader.bytes()
              }

              obj.addresses++

              break
            }
            case 3: {
              yield {
                field: `${prefix}.knownSeconds`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.load`,
                value: reader.uint32()
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

  export interface NodeAddressNodeFieldEvent {
    field: '$.node'
    value: Uint8Array<ArrayBuffer>
  }

  export interface NodeAddressAddressesFieldEvent {
    field: '$.addresses[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface NodeAddressKnownSecondsFieldEvent {
    field: '$.knownSeconds'
    value: number
  }

  export interface NodeAddressLoadFieldEvent {
    field: '$.load'
    value: number
  }

  export function encode (obj: Partial<NodeAddress>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, NodeAddress.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NodeAddress>): NodeAddress {
    return decodeMessage(buf, NodeAddress.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NodeAddress>): Generator<NodeAddressNodeFieldEvent | NodeAddressAddressesFieldEvent | NodeAddressKnownSecondsFieldEvent | NodeAddressLoadFieldEvent> {
    return streamMessage(buf, NodeAddress.codec(), opts)
  }
}

export interface Leaving {
  retryAfterSeconds: number
  nodes: NodeAddress[]
}

export namespace Leaving {
  let _codec: Codec<Leaving>

  export const codec = (): Codec<Leaving> => {
    if (_codec == null) {
      _codec = message<Leaving>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.retryAfterSeconds != null && obj.retryAfterSeconds !== 0)) {
          w.uint32(8)
          w.uint32(obj.retryAfterSeconds)
        }

        if (obj.nodes != null && obj.nodes.length > 0) {
          for (const value of obj.nodes) {
            w.uint32(18)
            NodeAddress.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          retryAfterSeconds: 0,
          nodes: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.retryAfterSeconds = reader.uint32()
              break
            }
            case 2: {
              if (opts.limits?.nodes != null && obj.nodes.length === opts.limits.nodes) {
                throw new MaxLengthError('Decode error - repeated field "nodes" had too many elements')
              }

              obj.nodes.push(NodeAddress.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.nodes$
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
          nodes: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.retryAfterSeconds`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              if (opts.limits?.nodes != null && obj.nodes === opts.limits.nodes) {
                throw new MaxLengthError('Streaming decode error - repeated field "nodes" had too many elements')
              }

              for (const evt of NodeAddress.codec().stream(reader, reader.uint32(), `${prefix}.nodes[]`, {
                limits: opts.limits?.nodes$
              })) {
                yield {
                  ...evt,
                  index: obj.nodes
                }
              }

              obj.nodes++

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

  export interface LeavingRetryAfterSecondsFieldEvent {
    field: '$.retryAfterSeconds'
    value: number
  }

  export interface LeavingNodesNodeFieldEvent {
    field: '$.nodes[].node'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface LeavingNodesAddressesFieldEvent {
    field: '$.nodes[].addresses[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface LeavingNodesKnownSecondsFieldEvent {
    field: '$.nodes[].knownSeconds'
    value: number
    index: number
  }

  export interface LeavingNodesLoadFieldEvent {
    field: '$.nodes[].load'
    value: number
    index: number
  }

  export function encode (obj: Partial<Leaving>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Leaving.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Leaving>): Leaving {
    return decodeMessage(buf, Leaving.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Leaving>): Generator<LeavingRetryAfterSecondsFieldEvent | LeavingNodesNodeFieldEvent | LeavingNodesAddressesFieldEvent | LeavingNodesKnownSecondsFieldEvent | LeavingNodesLoadFieldEvent> {
    return streamMessage(buf, Leaving.codec(), opts)
  }
}

export interface Watch {
  tags: Uint8Array<ArrayBuffer>[]
}

export namespace Watch {
  let _codec: Codec<Watch>

  export const codec = (): Codec<Watch> => {
    if (_codec == null) {
      _codec = message<Watch>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.tags != null && obj.tags.length > 0) {
          for (const value of obj.tags) {
            w.uint32(10)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          tags: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.tags != null && obj.tags.length === opts.limits.tags) {
                throw new MaxLengthError('Decode error - repeated field "tags" had too many elements')
              }

              obj.tags.push(reader.bytes())
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
          tags: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.tags != null && obj.tags === opts.limits.tags) {
                throw new MaxLengthError('Streaming decode error - repeated field "tags" had too many elements')
              }

              yield {
                field: `${prefix}.tags[]`,
                index: obj.tags,
                value: reader.bytes()
              }

              obj.tags++

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

  export interface WatchTagsFieldEvent {
    field: '$.tags[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Watch>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Watch.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Watch>): Watch {
    return decodeMessage(buf, Watch.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Watch>): Generator<WatchTagsFieldEvent> {
    return streamMessage(buf, Watch.codec(), opts)
  }
}

export interface OwnBeat {
  now: Uint8Array<ArrayBuffer>
  will: Uint8Array<ArrayBuffer>
}

export namespace OwnBeat {
  let _codec: Codec<OwnBeat>

  export const codec = (): Codec<OwnBeat> => {
    if (_codec == null) {
      _codec = message<OwnBeat>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.now != null && obj.now.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.now)
        }

        if ((obj.will != null && obj.will.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.will)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          now: uint8ArrayAlloc(0),
          will: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.now = reader.bytes()
              break
            }
            case 2: {
              obj.will = reader.bytes()
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
                field: `${prefix}.now`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.will`,
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

  export interface OwnBeatNowFieldEvent {
    field: '$.now'
    value: Uint8Array<ArrayBuffer>
  }

  export interface OwnBeatWillFieldEvent {
    field: '$.will'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<OwnBeat>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, OwnBeat.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<OwnBeat>): OwnBeat {
    return decodeMessage(buf, OwnBeat.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<OwnBeat>): Generator<OwnBeatNowFieldEvent | OwnBeatWillFieldEvent> {
    return streamMessage(buf, OwnBeat.codec(), opts)
  }
}

export interface KeyPackages {
  oneTime: Uint8Array<ArrayBuffer>[]
  lastResort: Uint8Array<ArrayBuffer>
}

export namespace KeyPackages {
  let _codec: Codec<KeyPackages>

  export const codec = (): Codec<KeyPackages> => {
    if (_codec == null) {
      _codec = message<KeyPackages>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.oneTime != null && obj.oneTime.length > 0) {
          for (const value of obj.oneTime) {
            w.uint32(10)
            w.bytes(value)
          }
        }

        if ((obj.lastResort != null && obj.lastResort.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.lastResort)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          oneTime: [],
          lastResort: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.oneTime != null && obj.oneTime.length === opts.limits.oneTime) {
                throw new MaxLengthError('Decode error - repeated field "oneTime" had too many elements')
              }

              obj.oneTime.push(reader.bytes())
              break
            }
            case 2: {
              obj.lastResort = reader.bytes()
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
          oneTime: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.oneTime != null && obj.oneTime === opts.limits.oneTime) {
                throw new MaxLengthError('Streaming decode error - repeated field "oneTime" had too many elements')
              }

              yield {
                field: `${prefix}.oneTime[]`,
                index: obj.oneTime,
                value: reader.bytes()
              }

              obj.oneTime++

              break
            }
            case 2: {
              yield {
                field: `${prefix}.lastResort`,
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

  export interface KeyPackagesOneTimeFieldEvent {
    field: '$.oneTime[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface KeyPackagesLastResortFieldEvent {
    field: '$.lastResort'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<KeyPackages>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, KeyPackages.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<KeyPackages>): KeyPackages {
    return decodeMessage(buf, KeyPackages.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<KeyPackages>): Generator<KeyPackagesOneTimeFieldEvent | KeyPackagesLastResortFieldEvent> {
    return streamMessage(buf, KeyPackages.codec(), opts)
  }
}

export interface KeyPackagesLeft {
  oneTime: number
  lastResort: boolean
}

export namespace KeyPackagesLeft {
  let _codec: Codec<KeyPackagesLeft>

  export const codec = (): Codec<KeyPackagesLeft> => {
    if (_codec == null) {
      _codec = message<KeyPackagesLeft>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.oneTime != null && obj.oneTime !== 0)) {
          w.uint32(8)
          w.uint32(obj.oneTime)
        }

        if ((obj.lastResort != null && obj.lastResort !== false)) {
          w.uint32(16)
          w.bool(obj.lastResort)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          oneTime: 0,
          lastResort: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.oneTime = reader.uint32()
              break
            }
            case 2: {
              obj.lastResort = reader.bool()
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
                field: `${prefix}.oneTime`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.lastResort`,
                value: reader.bool()
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

  export interface KeyPackagesLeftOneTimeFieldEvent {
    field: '$.oneTime'
    value: number
  }

  export interface KeyPackagesLeftLastResortFieldEvent {
    field: '$.lastResort'
    value: boolean
  }

  export function encode (obj: Partial<KeyPackagesLeft>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, KeyPackagesLeft.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<KeyPackagesLeft>): KeyPackagesLeft {
    return decodeMessage(buf, KeyPackagesLeft.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<KeyPackagesLeft>): Generator<KeyPackagesLeftOneTimeFieldEvent | KeyPackagesLeftLastResortFieldEvent> {
    return streamMessage(buf, KeyPackagesLeft.codec(), opts)
  }
}

export interface FetchKeyPackages {
  root: Uint8Array<ArrayBuffer>
  devices: Uint8Array<ArrayBuffer>[]
}

export namespace FetchKeyPackages {
  let _codec: Codec<FetchKeyPackages>

  export const codec = (): Codec<FetchKeyPackages> => {
    if (_codec == null) {
      _codec = message<FetchKeyPackages>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.root != null && obj.root.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.root)
        }

        if (obj.devices != null && obj.devices.length > 0) {
          for (const value of obj.devices) {
            w.uint32(18)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          root: uint8ArrayAlloc(0),
          devices: []
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
              if (opts.limits?.devices != null && obj.devices.length === opts.limits.devices) {
                throw new MaxLengthError('Decode error - repeated field "devices" had too many elements')
              }

              obj.devices.push(reader.bytes())
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
          devices: 0
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
              if (opts.limits?.devices != null && obj.devices === opts.limits.devices) {
                throw new MaxLengthError('Streaming decode error - repeated field "devices" had too many elements')
              }

              yield {
                field: `${prefix}.devices[]`,
                index: obj.devices,
                value: reader.bytes()
              }

              obj.devices++

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

  export interface FetchKeyPackagesRootFieldEvent {
    field: '$.root'
    value: Uint8Array<ArrayBuffer>
  }

  export interface FetchKeyPackagesDevicesFieldEvent {
    field: '$.devices[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<FetchKeyPackages>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, FetchKeyPackages.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FetchKeyPackages>): FetchKeyPackages {
    return decodeMessage(buf, FetchKeyPackages.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FetchKeyPackages>): Generator<FetchKeyPackagesRootFieldEvent | FetchKeyPackagesDevicesFieldEvent> {
    return streamMessage(buf, FetchKeyPackages.codec(), opts)
  }
}

export interface DevicePackage {
  device: Uint8Array<ArrayBuffer>
  keyPackage: Uint8Array<ArrayBuffer>
}

export namespace DevicePackage {
  let _codec: Codec<DevicePackage>

  export const codec = (): Codec<DevicePackage> => {
    if (_codec == null) {
      _codec = message<DevicePackage>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.device != null && obj.device.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.device)
        }

        if ((obj.keyPackage != null && obj.keyPackage.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.keyPackage)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          device: uint8ArrayAlloc(0),
          keyPackage: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.device = reader.bytes()
              break
            }
            case 2: {
              obj.keyPackage = reader.bytes()
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
                field: `${prefix}.device`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.keyPackage`,
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

  export interface DevicePackageDeviceFieldEvent {
    field: '$.device'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DevicePackageKeyPackageFieldEvent {
    field: '$.keyPackage'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<DevicePackage>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, DevicePackage.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DevicePackage>): DevicePackage {
    return decodeMessage(buf, DevicePackage.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DevicePackage>): Generator<DevicePackageDeviceFieldEvent | DevicePackageKeyPackageFieldEvent> {
    return streamMessage(buf, DevicePackage.codec(), opts)
  }
}

export interface FetchedKeyPackages {
  packages: DevicePackage[]
}

export namespace FetchedKeyPackages {
  let _codec: Codec<FetchedKeyPackages>

  export const codec = (): Codec<FetchedKeyPackages> => {
    if (_codec == null) {
      _codec = message<FetchedKeyPackages>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.packages != null && obj.packages.length > 0) {
          for (const value of obj.packages) {
            w.uint32(10)
            DevicePackage.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          packages: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.packages != null && obj.packages.length === opts.limits.packages) {
                throw new MaxLengthError('Decode error - repeated field "packages" had too many elements')
              }

              obj.packages.push(DevicePackage.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.packages$
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
          packages: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.packages != null && obj.packages === opts.limits.packages) {
                throw new MaxLengthError('Streaming decode error - repeated field "packages" had too many elements')
              }

              for (const evt of DevicePackage.codec().stream(reader, reader.uint32(), `${prefix}.packages[]`, {
                limits: opts.limits?.packages$
              })) {
                yield {
                  ...evt,
                  index: obj.packages
                }
              }

              obj.packages++

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

  export interface FetchedKeyPackagesPackagesDeviceFieldEvent {
    field: '$.packages[].device'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface FetchedKeyPackagesPackagesKeyPackageFieldEvent {
    field: '$.packages[].keyPackage'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export function encode (obj: Partial<FetchedKeyPackages>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, FetchedKeyPackages.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FetchedKeyPackages>): FetchedKeyPackages {
    return decodeMessage(buf, FetchedKeyPackages.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FetchedKeyPackages>): Generator<FetchedKeyPackagesPackagesDeviceFieldEvent | FetchedKeyPackagesPackagesKeyPackageFieldEvent> {
    return streamMessage(buf, FetchedKeyPackages.codec(), opts)
  }
}

export interface SessionFrame {
  request: number
  hello?: Hello
  attach?: Attach
  register?: Register
  ticket?: Ticket
  publish?: Uint8Array<ArrayBuffer>
  published?: Published
  find?: Find
  found?: Found
  findProfile?: Find
  findNodes?: number
  nodes?: Nodes
  route?: Uint8Array<ArrayBuffer>
  accepted?: Tickets
  receipts?: Receipts
  refused?: Refused
  pushed?: Pushed
  behind?: Behind
  collect?: Uint8Array<ArrayBuffer>
  watch?: Watch
  beat?: OwnBeat
  presence?: Uint8Array<ArrayBuffer>
  ping?: number
  pong?: number
  refusal?: RefusalBody
  ok?: boolean
  goodbye?: boolean
  leaving?: Leaving
  accused?: Uint8Array<ArrayBuffer>
  putKeyPackages?: KeyPackages
  countKeyPackages?: boolean
  keyPackagesLeft?: KeyPackagesLeft
  fetchKeyPackages?: FetchKeyPackages
  keyPackages?: FetchedKeyPackages
  whisper?: Uint8Array<ArrayBuffer>
  whispered?: Uint8Array<ArrayBuffer>
}

export namespace SessionFrame {
  let _codec: Codec<SessionFrame>

  export const codec = (): Codec<SessionFrame> => {
    if (_codec == null) {
      _codec = message<SessionFrame>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.whispered != null) {
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.whisper != null) {
          obj.whispered = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.keyPackages != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.fetchKeyPackages != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.keyPackagesLeft != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.countKeyPackages != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.putKeyPackages != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.accused != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.leaving != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.goodbye != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.ok != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.refusal != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.pong != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.ping != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.presence != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.beat != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.watch != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.collect != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.behind != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.pushed != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.refused != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.receipts != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.accepted != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.route != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.nodes != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.findNodes != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.findProfile != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.found != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.find != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.published != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.publish != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.ticket != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.register = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.register != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.attach = undefined
          obj.hello = undefined
        }

        if (obj.attach != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.hello = undefined
        }

        if (obj.hello != null) {
          obj.whispered = undefined
          obj.whisper = undefined
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.keyPackagesLeft = undefined
          obj.countKeyPackages = undefined
          obj.putKeyPackages = undefined
          obj.accused = undefined
          obj.leaving = undefined
          obj.goodbye = undefined
          obj.ok = undefined
          obj.refusal = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.presence = undefined
          obj.beat = undefined
          obj.watch = undefined
          obj.collect = undefined
          obj.behind = undefined
          obj.pushed = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.accepted = undefined
          obj.route = undefined
          obj.nodes = undefined
          obj.findNodes = undefined
          obj.findProfile = undefined
          obj.found = undefined
          obj.find = undefined
          obj.published = undefined
          obj.publish = undefined
          obj.ticket = undefined
          obj.register = undefined
          obj.attach = undefined
        }

        if ((obj.request != null && obj.request !== 0)) {
          w.uint32(8)
          w.uint32(obj.request)
        }

        if (obj.hello != null) {
          w.uint32(18)
          Hello.codec().encode(obj.hello, w)
        }

        if (obj.attach != null) {
          w.uint32(26)
          Attach.codec().encode(obj.attach, w)
        }

        if (obj.register != null) {
          w.uint32(34)
          Register.codec().encode(obj.register, w)
        }

        if (obj.ticket != null) {
          w.uint32(42)
          Ticket.codec().encode(obj.ticket, w)
        }

        if (obj.publish != null) {
          w.uint32(50)
          w.bytes(obj.publish)
        }

        if (obj.published != null) {
          w.uint32(58)
          Published.codec().encode(obj.published, w)
        }

        if (obj.find != null) {
          w.uint32(66)
          Find.codec().encode(obj.find, w)
        }

        if (obj.found != null) {
          w.uint32(74)
          Found.codec().encode(obj.found, w)
        }

        if (obj.findProfile != null) {
          w.uint32(82)
          Find.codec().encode(obj.findProfile, w)
        }

        if (obj.findNodes != null) {
          w.uint32(88)
          w.uint32(obj.findNodes)
        }

        if (obj.nodes != null) {
          w.uint32(98)
          Nodes.codec().encode(obj.nodes, w)
        }

        if (obj.route != null) {
          w.uint32(106)
          w.bytes(obj.route)
        }

        if (obj.accepted != null) {
          w.uint32(114)
          Tickets.codec().encode(obj.accepted, w)
        }

        if (obj.receipts != null) {
          w.uint32(122)
          Receipts.codec().encode(obj.receipts, w)
        }

        if (obj.refused != null) {
          w.uint32(130)
          Refused.codec().encode(obj.refused, w)
        }

        if (obj.pushed != null) {
          w.uint32(138)
          Pushed.codec().encode(obj.pushed, w)
        }

        if (obj.behind != null) {
          w.uint32(146)
          Behind.codec().encode(obj.behind, w)
        }

        if (obj.collect != null) {
          w.uint32(154)
          w.bytes(obj.collect)
        }

        if (obj.watch != null) {
          w.uint32(162)
          Watch.codec().encode(obj.watch, w)
        }

        if (obj.beat != null) {
          w.uint32(170)
          OwnBeat.codec().encode(obj.beat, w)
        }

        if (obj.presence != null) {
          w.uint32(178)
          w.bytes(obj.presence)
        }

        if (obj.ping != null) {
          w.uint32(184)
          w.uint32(obj.ping)
        }

        if (obj.pong != null) {
          w.uint32(192)
          w.uint32(obj.pong)
        }

        if (obj.refusal != null) {
          w.uint32(202)
          RefusalBody.codec().encode(obj.refusal, w)
        }

        if (obj.ok != null) {
          w.uint32(208)
          w.bool(obj.ok)
        }

        if (obj.goodbye != null) {
          w.uint32(216)
          w.bool(obj.goodbye)
        }

        if (obj.leaving != null) {
          w.uint32(226)
          Leaving.codec().encode(obj.leaving, w)
        }

        if (obj.accused != null) {
          w.uint32(234)
          w.bytes(obj.accused)
        }

        if (obj.putKeyPackages != null) {
          w.uint32(242)
          KeyPackages.codec().encode(obj.putKeyPackages, w)
        }

        if (obj.countKeyPackages != null) {
          w.uint32(248)
          w.bool(obj.countKeyPackages)
        }

        if (obj.keyPackagesLeft != null) {
          w.uint32(258)
          KeyPackagesLeft.codec().encode(obj.keyPackagesLeft, w)
        }

        if (obj.fetchKeyPackages != null) {
          w.uint32(266)
          FetchKeyPackages.codec().encode(obj.fetchKeyPackages, w)
        }

        if (obj.keyPackages != null) {
          w.uint32(274)
          FetchedKeyPackages.codec().encode(obj.keyPackages, w)
        }

        if (obj.whisper != null) {
          w.uint32(282)
          w.bytes(obj.whisper)
        }

        if (obj.whispered != null) {
          w.uint32(290)
          w.bytes(obj.whispered)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          request: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.request = reader.uint32()
              break
            }
            case 2: {
              obj.hello = Hello.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.hello
              })
              break
            }
            case 3: {
              obj.attach = Attach.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.attach
              })
              break
            }
            case 4: {
              obj.register = Register.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.register
              })
              break
            }
            case 5: {
              obj.ticket = Ticket.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.ticket
              })
              break
            }
            case 6: {
              obj.publish = reader.bytes()
              break
            }
            case 7: {
              obj.published = Published.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.published
              })
              break
            }
            case 8: {
              obj.find = Find.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.find
              })
              break
            }
            case 9: {
              obj.found = Found.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.found
              })
              break
            }
            case 10: {
              obj.findProfile = Find.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.findProfile
              })
              break
            }
            case 11: {
              obj.findNodes = reader.uint32()
              break
            }
            case 12: {
              obj.nodes = Nodes.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.nodes
              })
              break
            }
            case 13: {
              obj.route = reader.bytes()
              break
            }
            case 14: {
              obj.accepted = Tickets.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.accepted
              })
              break
            }
            case 15: {
              obj.receipts = Receipts.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.receipts
              })
              break
            }
            case 16: {
              obj.refused = Refused.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.refused
              })
              break
            }
            case 17: {
              obj.pushed = Pushed.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.pushed
              })
              break
            }
            case 18: {
              obj.behind = Behind.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.behind
              })
              break
            }
            case 19: {
              obj.collect = reader.bytes()
              break
            }
            case 20: {
              obj.watch = Watch.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.watch
              })
              break
            }
            case 21: {
              obj.beat = OwnBeat.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.beat
              })
              break
            }
            case 22: {
              obj.presence = reader.bytes()
              break
            }
            case 23: {
              obj.ping = reader.uint32()
              break
            }
            case 24: {
              obj.pong = reader.uint32()
              break
            }
            case 25: {
              obj.refusal = RefusalBody.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.refusal
              })
              break
            }
            case 26: {
              obj.ok = reader.bool()
              break
            }
            case 27: {
              obj.goodbye = reader.bool()
              break
            }
            case 28: {
              obj.leaving = Leaving.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.leaving
              })
              break
            }
            case 29: {
              obj.accused = reader.bytes()
              break
            }
            case 30: {
              obj.putKeyPackages = KeyPackages.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.putKeyPackages
              })
              break
            }
            case 31: {
              obj.countKeyPackages = reader.bool()
              break
            }
            case 32: {
              obj.keyPackagesLeft = KeyPackagesLeft.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.keyPackagesLeft
              })
              break
            }
            case 33: {
              obj.fetchKeyPackages = FetchKeyPackages.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.fetchKeyPackages
              })
              break
            }
            case 34: {
              obj.keyPackages = FetchedKeyPackages.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.keyPackages
              })
              break
            }
            case 35: {
              obj.whisper = reader.bytes()
              break
            }
            case 36: {
              obj.whispered = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.whispered != null) {
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.whisper != null) {
          delete obj.whispered
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.keyPackages != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.fetchKeyPackages != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.keyPackagesLeft != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.countKeyPackages != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.putKeyPackages != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.accused != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.leaving != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.goodbye != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.ok != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.refusal != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.pong != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.ping != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.presence != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.beat != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.watch != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.collect != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.behind != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.pushed != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.refused != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.receipts != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.accepted != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.route != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.nodes != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.findNodes != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.findProfile != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.found != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.find != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.published != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.publish != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.ticket
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.ticket != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.register
          delete obj.attach
          delete obj.hello
        }

        if (obj.register != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.attach
          delete obj.hello
        }

        if (obj.attach != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.hello
        }

        if (obj.hello != null) {
          delete obj.whispered
          delete obj.whisper
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.keyPackagesLeft
          delete obj.countKeyPackages
          delete obj.putKeyPackages
          delete obj.accused
          delete obj.leaving
          delete obj.goodbye
          delete obj.ok
          delete obj.refusal
          delete obj.pong
          delete obj.ping
          delete obj.presence
          delete obj.beat
          delete obj.watch
          delete obj.collect
          delete obj.behind
          delete obj.pushed
          delete obj.refused
          delete obj.receipts
          delete obj.accepted
          delete obj.route
          delete obj.nodes
          delete obj.findNodes
          delete obj.findProfile
          delete obj.found
          delete obj.find
          delete obj.published
          delete obj.publish
          delete obj.ticket
          delete obj.register
          delete obj.attach
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.request`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield * Hello.codec().stream(reader, reader.uint32(), `${prefix}.hello`, {
                limits: opts.limits?.hello
              })

              break
            }
            case 3: {
              yield * Attach.codec().stream(reader, reader.uint32(), `${prefix}.attach`, {
                limits: opts.limits?.attach
              })

              break
            }
            case 4: {
              yield * Register.codec().stream(reader, reader.uint32(), `${prefix}.register`, {
                limits: opts.limits?.register
              })

              break
            }
            case 5: {
              yield * Ticket.codec().stream(reader, reader.uint32(), `${prefix}.ticket`, {
                limits: opts.limits?.ticket
              })

              break
            }
            case 6: {
              yield {
                field: `${prefix}.publish`,
                value: reader.bytes()
              }
              break
            }
            case 7: {
              yield * Published.codec().stream(reader, reader.uint32(), `${prefix}.published`, {
                limits: opts.limits?.published
              })

              break
            }
            case 8: {
              yield * Find.codec().stream(reader, reader.uint32(), `${prefix}.find`, {
                limits: opts.limits?.find
              })

              break
            }
            case 9: {
              yield * Found.codec().stream(reader, reader.uint32(), `${prefix}.found`, {
                limits: opts.limits?.found
              })

              break
            }
            case 10: {
              yield * Find.codec().stream(reader, reader.uint32(), `${prefix}.findProfile`, {
                limits: opts.limits?.findProfile
              })

              break
            }
            case 11: {
              yield {
                field: `${prefix}.findNodes`,
                value: reader.uint32()
              }
              break
            }
            case 12: {
              yield * Nodes.codec().stream(reader, reader.uint32(), `${prefix}.nodes`, {
                limits: opts.limits?.nodes
              })

              break
            }
            case 13: {
              yield {
                field: `${prefix}.route`,
                value: reader.bytes()
              }
              break
            }
            case 14: {
              yield * Tickets.codec().stream(reader, reader.uint32(), `${prefix}.accepted`, {
                limits: opts.limits?.accepted
              })

              break
            }
            case 15: {
              yield * Receipts.codec().stream(reader, reader.uint32(), `${prefix}.receipts`, {
                limits: opts.limits?.receipts
              })

              break
            }
            case 16: {
              yield * Refused.codec().stream(reader, reader.uint32(), `${prefix}.refused`, {
                limits: opts.limits?.refused
              })

              break
            }
            case 17: {
              yield * Pushed.codec().stream(reader, reader.uint32(), `${prefix}.pushed`, {
                limits: opts.limits?.pushed
              })

              break
            }
            case 18: {
              yield * Behind.codec().stream(reader, reader.uint32(), `${prefix}.behind`, {
                limits: opts.limits?.behind
              })

              break
            }
            case 19: {
              yield {
                field: `${prefix}.collect`,
                value: reader.bytes()
              }
              break
            }
            case 20: {
              yield * Watch.codec().stream(reader, reader.uint32(), `${prefix}.watch`, {
                limits: opts.limits?.watch
              })

              break
            }
            case 21: {
              yield * OwnBeat.codec().stream(reader, reader.uint32(), `${prefix}.beat`, {
                limits: opts.limits?.beat
              })

              break
            }
            case 22: {
              yield {
                field: `${prefix}.presence`,
                value: reader.bytes()
              }
              break
            }
            case 23: {
              yield {
                field: `${prefix}.ping`,
                value: reader.uint32()
              }
              break
            }
            case 24: {
              yield {
                field: `${prefix}.pong`,
                value: reader.uint32()
              }
              break
            }
            case 25: {
              yield * RefusalBody.codec().stream(reader, reader.uint32(), `${prefix}.refusal`, {
                limits: opts.limits?.refusal
              })

              break
            }
            case 26: {
              yield {
                field: `${prefix}.ok`,
                value: reader.bool()
              }
              break
            }
            case 27: {
              yield {
                field: `${prefix}.goodbye`,
                value: reader.bool()
              }
              break
            }
            case 28: {
              yield * Leaving.codec().stream(reader, reader.uint32(), `${prefix}.leaving`, {
                limits: opts.limits?.leaving
              })

              break
            }
            case 29: {
              yield {
                field: `${prefix}.accused`,
                value: reader.bytes()
              }
              break
            }
            case 30: {
              yield * KeyPackages.codec().stream(reader, reader.uint32(), `${prefix}.putKeyPackages`, {
                limits: opts.limits?.putKeyPackages
              })

              break
            }
            case 31: {
              yield {
                field: `${prefix}.countKeyPackages`,
                value: reader.bool()
              }
              break
            }
            case 32: {
              yield * KeyPackagesLeft.codec().stream(reader, reader.uint32(), `${prefix}.keyPackagesLeft`, {
                limits: opts.limits?.keyPackagesLeft
              })

              break
            }
            case 33: {
              yield * FetchKeyPackages.codec().stream(reader, reader.uint32(), `${prefix}.fetchKeyPackages`, {
                limits: opts.limits?.fetchKeyPackages
              })

              break
            }
            case 34: {
              yield * FetchedKeyPackages.codec().stream(reader, reader.uint32(), `${prefix}.keyPackages`, {
                limits: opts.limits?.keyPackages
              })

              break
            }
            case 35: {
              yield {
                field: `${prefix}.whisper`,
                value: reader.bytes()
              }
              break
            }
            case 36: {
              yield {
                field: `${prefix}.whispered`,
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

  export interface SessionFrameRequestFieldEvent {
    field: '$.request'
    value: number
  }

  export interface SessionFrameHelloVersionsFieldEvent {
    field: '$.hello.versions[]'
    index: number
    value: number
  }

  export interface SessionFrameHelloFeaturesFieldEvent {
    field: '$.hello.features'
    value: bigint
  }

  export interface SessionFrameHelloCriticalFeaturesFieldEvent {
    field: '$.hello.criticalFeatures'
    value: bigint
  }

  export interface SessionFrameHelloNetworkFieldEvent {
    field: '$.hello.network'
    value: string
  }

  export interface SessionFrameHelloLimitsFrameBytesFieldEvent {
    field: '$.hello.limits.frameBytes'
    value: number
  }

  export interface SessionFrameHelloLimitsInFlightDepositsFieldEvent {
    field: '$.hello.limits.inFlightDeposits'
    value: number
  }

  export interface SessionFrameHelloStoreIdFieldEvent {
    field: '$.hello.storeId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFrameAttachCertificateFieldEvent {
    field: '$.attach.certificate'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFrameRegisterProfileFieldEvent {
    field: '$.register.profile'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFrameRegisterDeliveryKeyFieldEvent {
    field: '$.register.deliveryKey'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFrameTicketExpiryFieldEvent {
    field: '$.ticket.expiry'
    value: number
  }

  export interface SessionFrameTicketSignatureFieldEvent {
    field: '$.ticket.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFramePublishFieldEvent {
    field: '$.publish'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFramePublishedCopiesFieldEvent {
    field: '$.published.copies'
    value: number
  }

  export interface SessionFrameFindRootFieldEvent {
    field: '$.find.root'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFrameFindFreshFieldEvent {
    field: '$.find.fresh'
    value: boolean
  }

  export interface SessionFrameFoundRecordFieldEvent {
    field: '$.found.record'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFrameFoundSourceFieldEvent {
    field: '$.found.source'
    value: number
  }

  export interface SessionFrameFoundProfileFieldEvent {
    field: '$.found.profile'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFrameFindProfileRootFieldEvent {
    field: '$.findProfile.root'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFrameFindProfileFreshFieldEvent {
    field: '$.findProfile.fresh'
    value: boolean
  }

  export interface SessionFrameFindNodesFieldEvent {
    field: '$.findNodes'
    value: number
  }

  export interface SessionFrameNodesNodesNodeFieldEvent {
    field: '$.nodes.nodes[].node'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SessionFrameNodesNodesAddressesFieldEvent {
    field: '$.nodes.nodes[].addresses[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFrameNodesNodesKnownSecondsFieldEvent {
    field: '$.nodes.nodes[].knownSeconds'
    value: number
    index: number
  }

  export interface SessionFrameNodesNodesLoadFieldEvent {
    field: '$.nodes.nodes[].load'
    value: number
    index: number
  }

  export interface SessionFrameRouteFieldEvent {
    field: '$.route'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFrameAcceptedTicketsFieldEvent {
    field: '$.accepted.tickets[]'
    index: number
    value: number
  }

  export interface SessionFrameReceiptsNodeFieldEvent {
    field: '$.receipts.node'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFrameReceiptsStoreIdFieldEvent {
    field: '$.receipts.storeId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFrameReceiptsTimeFieldEvent {
    field: '$.receipts.time'
    value: bigint
  }

  export interface SessionFrameReceiptsLeafCountFieldEvent {
    field: '$.receipts.leafCount'
    value: number
  }

  export interface SessionFrameReceiptsFirstLeafFieldEvent {
    field: '$.receipts.firstLeaf'
    value: number
  }

  export interface SessionFrameReceiptsTicketsFieldEvent {
    field: '$.receipts.tickets[]'
    index: number
    value: number
  }

  export interface SessionFrameReceiptsProofFieldEvent {
    field: '$.receipts.proof[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFrameReceiptsSignatureFieldEvent {
    field: '$.receipts.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFrameRefusedTicketsFieldEvent {
    field: '$.refused.tickets[]'
    index: number
    value: number
  }

  export interface SessionFrameRefusedRefusalCodeFieldEvent {
    field: '$.refused.refusal.code'
    value: number
  }

  export interface SessionFrameRefusedRefusalRetryAfterSecondsFieldEvent {
    field: '$.refused.refusal.retryAfterSeconds'
    value: number
  }

  export interface SessionFramePushedFromFieldEvent {
    field: '$.pushed.from'
    value: bigint
  }

  export interface SessionFramePushedToFieldEvent {
    field: '$.pushed.to'
    value: bigint
  }

  export interface SessionFrameBehindPositionFieldEvent {
    field: '$.behind.position'
    value: bigint
  }

  export interface SessionFrameCollectFieldEvent {
    field: '$.collect'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFrameWatchTagsFieldEvent {
    field: '$.watch.tags[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFrameBeatNowFieldEvent {
    field: '$.beat.now'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFrameBeatWillFieldEvent {
    field: '$.beat.will'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFramePresenceFieldEvent {
    field: '$.presence'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFramePingFieldEvent {
    field: '$.ping'
    value: number
  }

  export interface SessionFramePongFieldEvent {
    field: '$.pong'
    value: number
  }

  export interface SessionFrameRefusalCodeFieldEvent {
    field: '$.refusal.code'
    value: number
  }

  export interface SessionFrameRefusalRetryAfterSecondsFieldEvent {
    field: '$.refusal.retryAfterSeconds'
    value: number
  }

  export interface SessionFrameOkFieldEvent {
    field: '$.ok'
    value: boolean
  }

  export interface SessionFrameGoodbyeFieldEvent {
    field: '$.goodbye'
    value: boolean
  }

  export interface SessionFrameLeavingRetryAfterSecondsFieldEvent {
    field: '$.leaving.retryAfterSeconds'
    value: number
  }

  export interface SessionFrameLeavingNodesNodeFieldEvent {
    field: '$.leaving.nodes[].node'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SessionFrameLeavingNodesAddressesFieldEvent {
    field: '$.leaving.nodes[].addresses[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFrameLeavingNodesKnownSecondsFieldEvent {
    field: '$.leaving.nodes[].knownSeconds'
    value: number
    index: number
  }

  export interface SessionFrameLeavingNodesLoadFieldEvent {
    field: '$.leaving.nodes[].load'
    value: number
    index: number
  }

  export interface SessionFrameAccusedFieldEvent {
    field: '$.accused'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFramePutKeyPackagesOneTimeFieldEvent {
    field: '$.putKeyPackages.oneTime[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFramePutKeyPackagesLastResortFieldEvent {
    field: '$.putKeyPackages.lastResort'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFrameCountKeyPackagesFieldEvent {
    field: '$.countKeyPackages'
    value: boolean
  }

  export interface SessionFrameKeyPackagesLeftOneTimeFieldEvent {
    field: '$.keyPackagesLeft.oneTime'
    value: number
  }

  export interface SessionFrameKeyPackagesLeftLastResortFieldEvent {
    field: '$.keyPackagesLeft.lastResort'
    value: boolean
  }

  export interface SessionFrameFetchKeyPackagesRootFieldEvent {
    field: '$.fetchKeyPackages.root'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFrameFetchKeyPackagesDevicesFieldEvent {
    field: '$.fetchKeyPackages.devices[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFrameKeyPackagesPackagesDeviceFieldEvent {
    field: '$.keyPackages.packages[].device'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SessionFrameKeyPackagesPackagesKeyPackageFieldEvent {
    field: '$.keyPackages.packages[].keyPackage'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SessionFrameWhisperFieldEvent {
    field: '$.whisper'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SessionFrameWhisperedFieldEvent {
    field: '$.whispered'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<SessionFrame>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SessionFrame.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SessionFrame>): SessionFrame {
    return decodeMessage(buf, SessionFrame.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SessionFrame>): Generator<SessionFrameRequestFieldEvent | SessionFrameHelloVersionsFieldEvent | SessionFrameHelloFeaturesFieldEvent | SessionFrameHelloCriticalFeaturesFieldEvent | SessionFrameHelloNetworkFieldEvent | SessionFrameHelloLimitsFrameBytesFieldEvent | SessionFrameHelloLimitsInFlightDepositsFieldEvent | SessionFrameHelloStoreIdFieldEvent | SessionFrameAttachCertificateFieldEvent | SessionFrameRegisterProfileFieldEvent | SessionFrameRegisterDeliveryKeyFieldEvent | SessionFrameTicketExpiryFieldEvent | SessionFrameTicketSignatureFieldEvent | SessionFramePublishFieldEvent | SessionFramePublishedCopiesFieldEvent | SessionFrameFindRootFieldEvent | SessionFrameFindFreshFieldEvent | SessionFrameFoundRecordFieldEvent | SessionFrameFoundSourceFieldEvent | SessionFrameFoundProfileFieldEvent | SessionFrameFindProfileRootFieldEvent | SessionFrameFindProfileFreshFieldEvent | SessionFrameFindNodesFieldEvent | SessionFrameNodesNodesNodeFieldEvent | SessionFrameNodesNodesAddressesFieldEvent | SessionFrameNodesNodesKnownSecondsFieldEvent | SessionFrameNodesNodesLoadFieldEvent | SessionFrameRouteFieldEvent | SessionFrameAcceptedTicketsFieldEvent | SessionFrameReceiptsNodeFieldEvent | SessionFrameReceiptsStoreIdFieldEvent | SessionFrameReceiptsTimeFieldEvent | SessionFrameReceiptsLeafCountFieldEvent | SessionFrameReceiptsFirstLeafFieldEvent | SessionFrameReceiptsTicketsFieldEvent | SessionFrameReceiptsProofFieldEvent | SessionFrameReceiptsSignatureFieldEvent | SessionFrameRefusedTicketsFieldEvent | SessionFrameRefusedRefusalCodeFieldEvent | SessionFrameRefusedRefusalRetryAfterSecondsFieldEvent | SessionFramePushedFromFieldEvent | SessionFramePushedToFieldEvent | SessionFrameBehindPositionFieldEvent | SessionFrameCollectFieldEvent | SessionFrameWatchTagsFieldEvent | SessionFrameBeatNowFieldEvent | SessionFrameBeatWillFieldEvent | SessionFramePresenceFieldEvent | SessionFramePingFieldEvent | SessionFramePongFieldEvent | SessionFrameRefusalCodeFieldEvent | SessionFrameRefusalRetryAfterSecondsFieldEvent | SessionFrameOkFieldEvent | SessionFrameGoodbyeFieldEvent | SessionFrameLeavingRetryAfterSecondsFieldEvent | SessionFrameLeavingNodesNodeFieldEvent | SessionFrameLeavingNodesAddressesFieldEvent | SessionFrameLeavingNodesKnownSecondsFieldEvent | SessionFrameLeavingNodesLoadFieldEvent | SessionFrameAccusedFieldEvent | SessionFramePutKeyPackagesOneTimeFieldEvent | SessionFramePutKeyPackagesLastResortFieldEvent | SessionFrameCountKeyPackagesFieldEvent | SessionFrameKeyPackagesLeftOneTimeFieldEvent | SessionFrameKeyPackagesLeftLastResortFieldEvent | SessionFrameFetchKeyPackagesRootFieldEvent | SessionFrameFetchKeyPackagesDevicesFieldEvent | SessionFrameKeyPackagesPackagesDeviceFieldEvent | SessionFrameKeyPackagesPackagesKeyPackageFieldEvent | SessionFrameWhisperFieldEvent | SessionFrameWhisperedFieldEvent> {
    return streamMessage(buf, SessionFrame.codec(), opts)
  }
}

export interface Digest {
  mailbox: Uint8Array<ArrayBuffer>
  count: number
  fingerprint: Uint8Array<ArrayBuffer>
  routeEpoch: number
  routeSeq: bigint
  profileEpoch: number
  profileSeq: bigint
}

export namespace Digest {
  let _codec: Codec<Digest>

  export const codec = (): Codec<Digest> => {
    if (_codec == null) {
      _codec = message<Digest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.mailbox != null && obj.mailbox.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.mailbox)
        }

        if ((obj.count != null && obj.count !== 0)) {
          w.uint32(16)
          w.uint32(obj.count)
        }

        if ((obj.fingerprint != null && obj.fingerprint.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.fingerprint)
        }

        if ((obj.routeEpoch != null && obj.routeEpoch !== 0)) {
          w.uint32(32)
          w.uint32(obj.routeEpoch)
        }

        if ((obj.routeSeq != null && obj.routeSeq !== 0n)) {
          w.uint32(40)
          w.uint64(obj.routeSeq)
        }

        if ((obj.profileEpoch != null && obj.profileEpoch !== 0)) {
          w.uint32(48)
          w.uint32(obj.profileEpoch)
        }

        if ((obj.profileSeq != null && obj.profileSeq !== 0n)) {
          w.uint32(56)
          w.uint64(obj.profileSeq)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          mailbox: uint8ArrayAlloc(0),
          count: 0,
          fingerprint: uint8ArrayAlloc(0),
          routeEpoch: 0,
          routeSeq: 0n,
          profileEpoch: 0,
          profileSeq: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.mailbox = reader.bytes()
              break
            }
            case 2: {
              obj.count = reader.uint32()
              break
            }
            case 3: {
              obj.fingerprint = reader.bytes()
              break
            }
            case 4: {
              obj.routeEpoch = reader.uint32()
              break
            }
            case 5: {
              obj.routeSeq = reader.uint64()
              break
            }
            case 6: {
              obj.profileEpoch = reader.uint32()
              break
            }
            case 7: {
              obj.profileSeq = reader.uint64()
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
                field: `${prefix}.mailbox`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.count`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.fingerprint`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.routeEpoch`,
                value: reader.uint32()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.routeSeq`,
                value: reader.uint64()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.profileEpoch`,
                value: reader.uint32()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.profileSeq`,
                value: reader.uint64()
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

  export interface DigestMailboxFieldEvent {
    field: '$.mailbox'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DigestCountFieldEvent {
    field: '$.count'
    value: number
  }

  export interface DigestFingerprintFieldEvent {
    field: '$.fingerprint'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DigestRouteEpochFieldEvent {
    field: '$.routeEpoch'
    value: number
  }

  export interface DigestRouteSeqFieldEvent {
    field: '$.routeSeq'
    value: bigint
  }

  export interface DigestProfileEpochFieldEvent {
    field: '$.profileEpoch'
    value: number
  }

  export interface DigestProfileSeqFieldEvent {
    field: '$.profileSeq'
    value: bigint
  }

  export function encode (obj: Partial<Digest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Digest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Digest>): Digest {
    return decodeMessage(buf, Digest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Digest>): Generator<DigestMailboxFieldEvent | DigestCountFieldEvent | DigestFingerprintFieldEvent | DigestRouteEpochFieldEvent | DigestRouteSeqFieldEvent | DigestProfileEpochFieldEvent | DigestProfileSeqFieldEvent> {
    return streamMessage(buf, Digest.codec(), opts)
  }
}

export interface Digests {
  digests: Digest[]
  readOnly: boolean
}

export namespace Digests {
  let _codec: Codec<Digests>

  export const codec = (): Codec<Digests> => {
    if (_codec == null) {
      _codec = message<Digests>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.digests != null && obj.digests.length > 0) {
          for (const value of obj.digests) {
            w.uint32(10)
            Digest.codec().encode(value, w)
          }
        }

        if ((obj.readOnly != null && obj.readOnly !== false)) {
          w.uint32(16)
          w.bool(obj.readOnly)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          digests: [],
          readOnly: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.digests != null && obj.digests.length === opts.limits.digests) {
                throw new MaxLengthError('Decode error - repeated field "digests" had too many elements')
              }

              obj.digests.push(Digest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.digests$
              }))
              break
            }
            case 2: {
              obj.readOnly = reader.bool()
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
          digests: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.digests != null && obj.digests === opts.limits.digests) {
                throw new MaxLengthError('Streaming decode error - repeated field "digests" had too many elements')
              }

              for (const evt of Digest.codec().stream(reader, reader.uint32(), `${prefix}.digests[]`, {
                limits: opts.limits?.digests$
              })) {
                yield {
                  ...evt,
                  index: obj.digests
                }
              }

              obj.digests++

              break
            }
            case 2: {
              yield {
                field: `${prefix}.readOnly`,
                value: reader.bool()
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

  export interface DigestsDigestsMailboxFieldEvent {
    field: '$.digests[].mailbox'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface DigestsDigestsCountFieldEvent {
    field: '$.digests[].count'
    value: number
    index: number
  }

  export interface DigestsDigestsFingerprintFieldEvent {
    field: '$.digests[].fingerprint'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface DigestsDigestsRouteEpochFieldEvent {
    field: '$.digests[].routeEpoch'
    value: number
    index: number
  }

  export interface DigestsDigestsRouteSeqFieldEvent {
    field: '$.digests[].routeSeq'
    value: bigint
    index: number
  }

  export interface DigestsDigestsProfileEpochFieldEvent {
    field: '$.digests[].profileEpoch'
    value: number
    index: number
  }

  export interface DigestsDigestsProfileSeqFieldEvent {
    field: '$.digests[].profileSeq'
    value: bigint
    index: number
  }

  export interface DigestsReadOnlyFieldEvent {
    field: '$.readOnly'
    value: boolean
  }

  export function encode (obj: Partial<Digests>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Digests.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Digests>): Digests {
    return decodeMessage(buf, Digests.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Digests>): Generator<DigestsDigestsMailboxFieldEvent | DigestsDigestsCountFieldEvent | DigestsDigestsFingerprintFieldEvent | DigestsDigestsRouteEpochFieldEvent | DigestsDigestsRouteSeqFieldEvent | DigestsDigestsProfileEpochFieldEvent | DigestsDigestsProfileSeqFieldEvent | DigestsReadOnlyFieldEvent> {
    return streamMessage(buf, Digests.codec(), opts)
  }
}

export interface Audit {
  number: number
  nonce: Uint8Array<ArrayBuffer>
  mailbox: Uint8Array<ArrayBuffer>
  ids: Uint8Array<ArrayBuffer>[]
}

export namespace Audit {
  let _codec: Codec<Audit>

  export const codec = (): Codec<Audit> => {
    if (_codec == null) {
      _codec = message<Audit>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.number != null && obj.number !== 0)) {
          w.uint32(8)
          w.uint32(obj.number)
        }

        if ((obj.nonce != null && obj.nonce.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.nonce)
        }

        if ((obj.mailbox != null && obj.mailbox.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.mailbox)
        }

        if (obj.ids != null && obj.ids.length > 0) {
          for (const value of obj.ids) {
            w.uint32(34)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          number: 0,
          nonce: uint8ArrayAlloc(0),
          mailbox: uint8ArrayAlloc(0),
          ids: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.number = reader.uint32()
              break
            }
            case 2: {
              obj.nonce = reader.bytes()
              break
            }
            case 3: {
              obj.mailbox = reader.bytes()
              break
            }
            case 4: {
              if (opts.limits?.ids != null && obj.ids.length === opts.limits.ids) {
                throw new MaxLengthError('Decode error - repeated field "ids" had too many elements')
              }

              obj.ids.push(reader.bytes())
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
          ids: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.number`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.nonce`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.mailbox`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              if (opts.limits?.ids != null && obj.ids === opts.limits.ids) {
                throw new MaxLengthError('Streaming decode error - repeated field "ids" had too many elements')
              }

              yield {
                field: `${prefix}.ids[]`,
                index: obj.ids,
                value: reader.bytes()
              }

              obj.ids++

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

  export interface AuditNumberFieldEvent {
    field: '$.number'
    value: number
  }

  export interface AuditNonceFieldEvent {
    field: '$.nonce'
    value: Uint8Array<ArrayBuffer>
  }

  export interface AuditMailboxFieldEvent {
    field: '$.mailbox'
    value: Uint8Array<ArrayBuffer>
  }

  export interface AuditIdsFieldEvent {
    field: '$.ids[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Audit>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Audit.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Audit>): Audit {
    return decodeMessage(buf, Audit.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Audit>): Generator<AuditNumberFieldEvent | AuditNonceFieldEvent | AuditMailboxFieldEvent | AuditIdsFieldEvent> {
    return streamMessage(buf, Audit.codec(), opts)
  }
}

export interface Audited {
  number: number
  hashes: Uint8Array<ArrayBuffer>[]
}

export namespace Audited {
  let _codec: Codec<Audited>

  export const codec = (): Codec<Audited> => {
    if (_codec == null) {
      _codec = message<Audited>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.number != null && obj.number !== 0)) {
          w.uint32(8)
          w.uint32(obj.number)
        }

        if (obj.hashes != null && obj.hashes.length > 0) {
          for (const value of obj.hashes) {
            w.uint32(18)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          number: 0,
          hashes: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.number = reader.uint32()
              break
            }
            case 2: {
              if (opts.limits?.hashes != null && obj.hashes.length === opts.limits.hashes) {
                throw new MaxLengthError('Decode error - repeated field "hashes" had too many elements')
              }

              obj.hashes.push(reader.bytes())
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
          hashes: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.number`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              if (opts.limits?.hashes != null && obj.hashes === opts.limits.hashes) {
                throw new MaxLengthError('Streaming decode error - repeated field "hashes" had too many elements')
              }

              yield {
                field: `${prefix}.hashes[]`,
                index: obj.hashes,
                value: reader.bytes()
              }

              obj.hashes++

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

  export interface AuditedNumberFieldEvent {
    field: '$.number'
    value: number
  }

  export interface AuditedHashesFieldEvent {
    field: '$.hashes[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Audited>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Audited.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Audited>): Audited {
    return decodeMessage(buf, Audited.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Audited>): Generator<AuditedNumberFieldEvent | AuditedHashesFieldEvent> {
    return streamMessage(buf, Audited.codec(), opts)
  }
}

export interface RelayFrame {
  hello?: Hello
  receipts?: Receipts
  refused?: Refused
  moved?: Uint8Array<ArrayBuffer>
  collect?: Uint8Array<ArrayBuffer>
  ping?: number
  pong?: number
  digests?: Digests
  audit?: Audit
  audited?: Audited
  leaving?: boolean
  whisper?: Uint8Array<ArrayBuffer>
  idle?: boolean
}

export namespace RelayFrame {
  let _codec: Codec<RelayFrame>

  export const codec = (): Codec<RelayFrame> => {
    if (_codec == null) {
      _codec = message<RelayFrame>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.idle != null) {
          obj.whisper = undefined
          obj.leaving = undefined
          obj.audited = undefined
          obj.audit = undefined
          obj.digests = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.collect = undefined
          obj.moved = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.hello = undefined
        }

        if (obj.whisper != null) {
          obj.idle = undefined
          obj.leaving = undefined
          obj.audited = undefined
          obj.audit = undefined
          obj.digests = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.collect = undefined
          obj.moved = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.hello = undefined
        }

        if (obj.leaving != null) {
          obj.idle = undefined
          obj.whisper = undefined
          obj.audited = undefined
          obj.audit = undefined
          obj.digests = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.collect = undefined
          obj.moved = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.hello = undefined
        }

        if (obj.audited != null) {
          obj.idle = undefined
          obj.whisper = undefined
          obj.leaving = undefined
          obj.audit = undefined
          obj.digests = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.collect = undefined
          obj.moved = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.hello = undefined
        }

        if (obj.audit != null) {
          obj.idle = undefined
          obj.whisper = undefined
          obj.leaving = undefined
          obj.audited = undefined
          obj.digests = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.collect = undefined
          obj.moved = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.hello = undefined
        }

        if (obj.digests != null) {
          obj.idle = undefined
          obj.whisper = undefined
          obj.leaving = undefined
          obj.audited = undefined
          obj.audit = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.collect = undefined
          obj.moved = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.hello = undefined
        }

        if (obj.pong != null) {
          obj.idle = undefined
          obj.whisper = undefined
          obj.leaving = undefined
          obj.audited = undefined
          obj.audit = undefined
          obj.digests = undefined
          obj.ping = undefined
          obj.collect = undefined
          obj.moved = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.hello = undefined
        }

        if (obj.ping != null) {
          obj.idle = undefined
          obj.whisper = undefined
          obj.leaving = undefined
          obj.audited = undefined
          obj.audit = undefined
          obj.digests = undefined
          obj.pong = undefined
          obj.collect = undefined
          obj.moved = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.hello = undefined
        }

        if (obj.collect != null) {
          obj.idle = undefined
          obj.whisper = undefined
          obj.leaving = undefined
          obj.audited = undefined
          obj.audit = undefined
          obj.digests = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.moved = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.hello = undefined
        }

        if (obj.moved != null) {
          obj.idle = undefined
          obj.whisper = undefined
          obj.leaving = undefined
          obj.audited = undefined
          obj.audit = undefined
          obj.digests = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.collect = undefined
          obj.refused = undefined
          obj.receipts = undefined
          obj.hello = undefined
        }

        if (obj.refused != null) {
          obj.idle = undefined
          obj.whisper = undefined
          obj.leaving = undefined
          obj.audited = undefined
          obj.audit = undefined
          obj.digests = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.collect = undefined
          obj.moved = undefined
          obj.receipts = undefined
          obj.hello = undefined
        }

        if (obj.receipts != null) {
          obj.idle = undefined
          obj.whisper = undefined
          obj.leaving = undefined
          obj.audited = undefined
          obj.audit = undefined
          obj.digests = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.collect = undefined
          obj.moved = undefined
          obj.refused = undefined
          obj.hello = undefined
        }

        if (obj.hello != null) {
          obj.idle = undefined
          obj.whisper = undefined
          obj.leaving = undefined
          obj.audited = undefined
          obj.audit = undefined
          obj.digests = undefined
          obj.pong = undefined
          obj.ping = undefined
          obj.collect = undefined
          obj.moved = undefined
          obj.refused = undefined
          obj.receipts = undefined
        }

        if (obj.hello != null) {
          w.uint32(10)
          Hello.codec().encode(obj.hello, w)
        }

        if (obj.receipts != null) {
          w.uint32(18)
          Receipts.codec().encode(obj.receipts, w)
        }

        if (obj.refused != null) {
          w.uint32(26)
          Refused.codec().encode(obj.refused, w)
        }

        if (obj.moved != null) {
          w.uint32(34)
          w.bytes(obj.moved)
        }

        if (obj.collect != null) {
          w.uint32(42)
          w.bytes(obj.collect)
        }

        if (obj.ping != null) {
          w.uint32(48)
          w.uint32(obj.ping)
        }

        if (obj.pong != null) {
          w.uint32(56)
          w.uint32(obj.pong)
        }

        if (obj.digests != null) {
          w.uint32(66)
          Digests.codec().encode(obj.digests, w)
        }

        if (obj.audit != null) {
          w.uint32(74)
          Audit.codec().encode(obj.audit, w)
        }

        if (obj.audited != null) {
          w.uint32(82)
          Audited.codec().encode(obj.audited, w)
        }

        if (obj.leaving != null) {
          w.uint32(88)
          w.bool(obj.leaving)
        }

        if (obj.whisper != null) {
          w.uint32(98)
          w.bytes(obj.whisper)
        }

        if (obj.idle != null) {
          w.uint32(104)
          w.bool(obj.idle)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.hello = Hello.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.hello
              })
              break
            }
            case 2: {
              obj.receipts = Receipts.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.receipts
              })
              break
            }
            case 3: {
              obj.refused = Refused.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.refused
              })
              break
            }
            case 4: {
              obj.moved = reader.bytes()
              break
            }
            case 5: {
              obj.collect = reader.bytes()
              break
            }
            case 6: {
              obj.ping = reader.uint32()
              break
            }
            case 7: {
              obj.pong = reader.uint32()
              break
            }
            case 8: {
              obj.digests = Digests.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.digests
              })
              break
            }
            case 9: {
              obj.audit = Audit.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.audit
              })
              break
            }
            case 10: {
              obj.audited = Audited.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.audited
              })
              break
            }
            case 11: {
              obj.leaving = reader.bool()
              break
            }
            case 12: {
              obj.whisper = reader.bytes()
              break
            }
            case 13: {
              obj.idle = reader.bool()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.idle != null) {
          delete obj.whisper
          delete obj.leaving
          delete obj.audited
          delete obj.audit
          delete obj.digests
          delete obj.pong
          delete obj.ping
          delete obj.collect
          delete obj.moved
          delete obj.refused
          delete obj.receipts
          delete obj.hello
        }

        if (obj.whisper != null) {
          delete obj.idle
          delete obj.leaving
          delete obj.audited
          delete obj.audit
          delete obj.digests
          delete obj.pong
          delete obj.ping
          delete obj.collect
          delete obj.moved
          delete obj.refused
          delete obj.receipts
          delete obj.hello
        }

        if (obj.leaving != null) {
          delete obj.idle
          delete obj.whisper
          delete obj.audited
          delete obj.audit
          delete obj.digests
          delete obj.pong
          delete obj.ping
          delete obj.collect
          delete obj.moved
          delete obj.refused
          delete obj.receipts
          delete obj.hello
        }

        if (obj.audited != null) {
          delete obj.idle
          delete obj.whisper
          delete obj.leaving
          delete obj.audit
          delete obj.digests
          delete obj.pong
          delete obj.ping
          delete obj.collect
          delete obj.moved
          delete obj.refused
          delete obj.receipts
          delete obj.hello
        }

        if (obj.audit != null) {
          delete obj.idle
          delete obj.whisper
          delete obj.leaving
          delete obj.audited
          delete obj.digests
          delete obj.pong
          delete obj.ping
          delete obj.collect
          delete obj.moved
          delete obj.refused
          delete obj.receipts
          delete obj.hello
        }

        if (obj.digests != null) {
          delete obj.idle
          delete obj.whisper
          delete obj.leaving
          delete obj.audited
          delete obj.audit
          delete obj.pong
          delete obj.ping
          delete obj.collect
          delete obj.moved
          delete obj.refused
          delete obj.receipts
          delete obj.hello
        }

        if (obj.pong != null) {
          delete obj.idle
          delete obj.whisper
          delete obj.leaving
          delete obj.audited
          delete obj.audit
          delete obj.digests
          delete obj.ping
          delete obj.collect
          delete obj.moved
          delete obj.refused
          delete obj.receipts
          delete obj.hello
        }

        if (obj.ping != null) {
          delete obj.idle
          delete obj.whisper
          delete obj.leaving
          delete obj.audited
          delete obj.audit
          delete obj.digests
          delete obj.pong
          delete obj.collect
          delete obj.moved
          delete obj.refused
          delete obj.receipts
          delete obj.hello
        }

        if (obj.collect != null) {
          delete obj.idle
          delete obj.whisper
          delete obj.leaving
          delete obj.audited
          delete obj.audit
          delete obj.digests
          delete obj.pong
          delete obj.ping
          delete obj.moved
          delete obj.refused
          delete obj.receipts
          delete obj.hello
        }

        if (obj.moved != null) {
          delete obj.idle
          delete obj.whisper
          delete obj.leaving
          delete obj.audited
          delete obj.audit
          delete obj.digests
          delete obj.pong
          delete obj.ping
          delete obj.collect
          delete obj.refused
          delete obj.receipts
          delete obj.hello
        }

        if (obj.refused != null) {
          delete obj.idle
          delete obj.whisper
          delete obj.leaving
          delete obj.audited
          delete obj.audit
          delete obj.digests
          delete obj.pong
          delete obj.ping
          delete obj.collect
          delete obj.moved
          delete obj.receipts
          delete obj.hello
        }

        if (obj.receipts != null) {
          delete obj.idle
          delete obj.whisper
          delete obj.leaving
          delete obj.audited
          delete obj.audit
          delete obj.digests
          delete obj.pong
          delete obj.ping
          delete obj.collect
          delete obj.moved
          delete obj.refused
          delete obj.hello
        }

        if (obj.hello != null) {
          delete obj.idle
          delete obj.whisper
          delete obj.leaving
          delete obj.audited
          delete obj.audit
          delete obj.digests
          delete obj.pong
          delete obj.ping
          delete obj.collect
          delete obj.moved
          delete obj.refused
          delete obj.receipts
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * Hello.codec().stream(reader, reader.uint32(), `${prefix}.hello`, {
                limits: opts.limits?.hello
              })

              break
            }
            case 2: {
              yield * Receipts.codec().stream(reader, reader.uint32(), `${prefix}.receipts`, {
                limits: opts.limits?.receipts
              })

              break
            }
            case 3: {
              yield * Refused.codec().stream(reader, reader.uint32(), `${prefix}.refused`, {
                limits: opts.limits?.refused
              })

              break
            }
            case 4: {
              yield {
                field: `${prefix}.moved`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.collect`,
                value: reader.bytes()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.ping`,
                value: reader.uint32()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.pong`,
                value: reader.uint32()
              }
              break
            }
            case 8: {
              yield * Digests.codec().stream(reader, reader.uint32(), `${prefix}.digests`, {
                limits: opts.limits?.digests
              })

              break
            }
            case 9: {
              yield * Audit.codec().stream(reader, reader.uint32(), `${prefix}.audit`, {
                limits: opts.limits?.audit
              })

              break
            }
            case 10: {
              yield * Audited.codec().stream(reader, reader.uint32(), `${prefix}.audited`, {
                limits: opts.limits?.audited
              })

              break
            }
            case 11: {
              yield {
                field: `${prefix}.leaving`,
                value: reader.bool()
              }
              break
            }
            case 12: {
              yield {
                field: `${prefix}.whisper`,
                value: reader.bytes()
              }
              break
            }
            case 13: {
              yield {
                field: `${prefix}.idle`,
                value: reader.bool()
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

  export interface RelayFrameHelloVersionsFieldEvent {
    field: '$.hello.versions[]'
    index: number
    value: number
  }

  export interface RelayFrameHelloFeaturesFieldEvent {
    field: '$.hello.features'
    value: bigint
  }

  export interface RelayFrameHelloCriticalFeaturesFieldEvent {
    field: '$.hello.criticalFeatures'
    value: bigint
  }

  export interface RelayFrameHelloNetworkFieldEvent {
    field: '$.hello.network'
    value: string
  }

  export interface RelayFrameHelloLimitsFrameBytesFieldEvent {
    field: '$.hello.limits.frameBytes'
    value: number
  }

  export interface RelayFrameHelloLimitsInFlightDepositsFieldEvent {
    field: '$.hello.limits.inFlightDeposits'
    value: number
  }

  export interface RelayFrameHelloStoreIdFieldEvent {
    field: '$.hello.storeId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RelayFrameReceiptsNodeFieldEvent {
    field: '$.receipts.node'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RelayFrameReceiptsStoreIdFieldEvent {
    field: '$.receipts.storeId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RelayFrameReceiptsTimeFieldEvent {
    field: '$.receipts.time'
    value: bigint
  }

  export interface RelayFrameReceiptsLeafCountFieldEvent {
    field: '$.receipts.leafCount'
    value: number
  }

  export interface RelayFrameReceiptsFirstLeafFieldEvent {
    field: '$.receipts.firstLeaf'
    value: number
  }

  export interface RelayFrameReceiptsTicketsFieldEvent {
    field: '$.receipts.tickets[]'
    index: number
    value: number
  }

  export interface RelayFrameReceiptsProofFieldEvent {
    field: '$.receipts.proof[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface RelayFrameReceiptsSignatureFieldEvent {
    field: '$.receipts.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RelayFrameRefusedTicketsFieldEvent {
    field: '$.refused.tickets[]'
    index: number
    value: number
  }

  export interface RelayFrameRefusedRefusalCodeFieldEvent {
    field: '$.refused.refusal.code'
    value: number
  }

  export interface RelayFrameRefusedRefusalRetryAfterSecondsFieldEvent {
    field: '$.refused.refusal.retryAfterSeconds'
    value: number
  }

  export interface RelayFrameMovedFieldEvent {
    field: '$.moved'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RelayFrameCollectFieldEvent {
    field: '$.collect'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RelayFramePingFieldEvent {
    field: '$.ping'
    value: number
  }

  export interface RelayFramePongFieldEvent {
    field: '$.pong'
    value: number
  }

  export interface RelayFrameDigestsDigestsMailboxFieldEvent {
    field: '$.digests.digests[].mailbox'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface RelayFrameDigestsDigestsCountFieldEvent {
    field: '$.digests.digests[].count'
    value: number
    index: number
  }

  export interface RelayFrameDigestsDigestsFingerprintFieldEvent {
    field: '$.digests.digests[].fingerprint'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface RelayFrameDigestsDigestsRouteEpochFieldEvent {
    field: '$.digests.digests[].routeEpoch'
    value: number
    index: number
  }

  export interface RelayFrameDigestsDigestsRouteSeqFieldEvent {
    field: '$.digests.digests[].routeSeq'
    value: bigint
    index: number
  }

  export interface RelayFrameDigestsDigestsProfileEpochFieldEvent {
    field: '$.digests.digests[].profileEpoch'
    value: number
    index: number
  }

  export interface RelayFrameDigestsDigestsProfileSeqFieldEvent {
    field: '$.digests.digests[].profileSeq'
    value: bigint
    index: number
  }

  export interface RelayFrameDigestsReadOnlyFieldEvent {
    field: '$.digests.readOnly'
    value: boolean
  }

  export interface RelayFrameAuditNumberFieldEvent {
    field: '$.audit.number'
    value: number
  }

  export interface RelayFrameAuditNonceFieldEvent {
    field: '$.audit.nonce'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RelayFrameAuditMailboxFieldEvent {
    field: '$.audit.mailbox'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RelayFrameAuditIdsFieldEvent {
    field: '$.audit.ids[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface RelayFrameAuditedNumberFieldEvent {
    field: '$.audited.number'
    value: number
  }

  export interface RelayFrameAuditedHashesFieldEvent {
    field: '$.audited.hashes[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface RelayFrameLeavingFieldEvent {
    field: '$.leaving'
    value: boolean
  }

  export interface RelayFrameWhisperFieldEvent {
    field: '$.whisper'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RelayFrameIdleFieldEvent {
    field: '$.idle'
    value: boolean
  }

  export function encode (obj: Partial<RelayFrame>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, RelayFrame.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RelayFrame>): RelayFrame {
    return decodeMessage(buf, RelayFrame.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RelayFrame>): Generator<RelayFrameHelloVersionsFieldEvent | RelayFrameHelloFeaturesFieldEvent | RelayFrameHelloCriticalFeaturesFieldEvent | RelayFrameHelloNetworkFieldEvent | RelayFrameHelloLimitsFrameBytesFieldEvent | RelayFrameHelloLimitsInFlightDepositsFieldEvent | RelayFrameHelloStoreIdFieldEvent | RelayFrameReceiptsNodeFieldEvent | RelayFrameReceiptsStoreIdFieldEvent | RelayFrameReceiptsTimeFieldEvent | RelayFrameReceiptsLeafCountFieldEvent | RelayFrameReceiptsFirstLeafFieldEvent | RelayFrameReceiptsTicketsFieldEvent | RelayFrameReceiptsProofFieldEvent | RelayFrameReceiptsSignatureFieldEvent | RelayFrameRefusedTicketsFieldEvent | RelayFrameRefusedRefusalCodeFieldEvent | RelayFrameRefusedRefusalRetryAfterSecondsFieldEvent | RelayFrameMovedFieldEvent | RelayFrameCollectFieldEvent | RelayFramePingFieldEvent | RelayFramePongFieldEvent | RelayFrameDigestsDigestsMailboxFieldEvent | RelayFrameDigestsDigestsCountFieldEvent | RelayFrameDigestsDigestsFingerprintFieldEvent | RelayFrameDigestsDigestsRouteEpochFieldEvent | RelayFrameDigestsDigestsRouteSeqFieldEvent | RelayFrameDigestsDigestsProfileEpochFieldEvent | RelayFrameDigestsDigestsProfileSeqFieldEvent | RelayFrameDigestsReadOnlyFieldEvent | RelayFrameAuditNumberFieldEvent | RelayFrameAuditNonceFieldEvent | RelayFrameAuditMailboxFieldEvent | RelayFrameAuditIdsFieldEvent | RelayFrameAuditedNumberFieldEvent | RelayFrameAuditedHashesFieldEvent | RelayFrameLeavingFieldEvent | RelayFrameWhisperFieldEvent | RelayFrameIdleFieldEvent> {
    return streamMessage(buf, RelayFrame.codec(), opts)
  }
}

export interface DrainRequest {
  mailbox: Uint8Array<ArrayBuffer>
  storeId: Uint8Array<ArrayBuffer>
  position: bigint
  certificate: Uint8Array<ArrayBuffer>
}

export namespace DrainRequest {
  let _codec: Codec<DrainRequest>

  export const codec = (): Codec<DrainRequest> => {
    if (_codec == null) {
      _codec = message<DrainRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.mailbox != null && obj.mailbox.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.mailbox)
        }

        if ((obj.storeId != null && obj.storeId.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.storeId)
        }

        if ((obj.position != null && obj.position !== 0n)) {
          w.uint32(24)
          w.uint64(obj.position)
        }

        if ((obj.certificate != null && obj.certificate.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.certificate)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          mailbox: uint8ArrayAlloc(0),
          storeId: uint8ArrayAlloc(0),
          position: 0n,
          certificate: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.mailbox = reader.bytes()
              break
            }
            case 2: {
              obj.storeId = reader.bytes()
              break
            }
            case 3: {
              obj.position = reader.uint64()
              break
            }
            case 4: {
              obj.certificate = reader.bytes()
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
                field: `${prefix}.mailbox`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.storeId`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.position`,
                value: reader.uint64()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.certificate`,
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

  export interface DrainRequestMailboxFieldEvent {
    field: '$.mailbox'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DrainRequestStoreIdFieldEvent {
    field: '$.storeId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DrainRequestPositionFieldEvent {
    field: '$.position'
    value: bigint
  }

  export interface DrainRequestCertificateFieldEvent {
    field: '$.certificate'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<DrainRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, DrainRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DrainRequest>): DrainRequest {
    return decodeMessage(buf, DrainRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DrainRequest>): Generator<DrainRequestMailboxFieldEvent | DrainRequestStoreIdFieldEvent | DrainRequestPositionFieldEvent | DrainRequestCertificateFieldEvent> {
    return streamMessage(buf, DrainRequest.codec(), opts)
  }
}

export interface Pull {
  mailbox: Uint8Array<ArrayBuffer>
  route: Uint8Array<ArrayBuffer>
  profile: Uint8Array<ArrayBuffer>
  routeEpoch: number
  routeSeq: bigint
  profileEpoch: number
  profileSeq: bigint
}

export namespace Pull {
  let _codec: Codec<Pull>

  export const codec = (): Codec<Pull> => {
    if (_codec == null) {
      _codec = message<Pull>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.mailbox != null && obj.mailbox.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.mailbox)
        }

        if ((obj.route != null && obj.route.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.route)
        }

        if ((obj.profile != null && obj.profile.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.profile)
        }

        if ((obj.routeEpoch != null && obj.routeEpoch !== 0)) {
          w.uint32(32)
          w.uint32(obj.routeEpoch)
        }

        if ((obj.routeSeq != null && obj.routeSeq !== 0n)) {
          w.uint32(40)
          w.uint64(obj.routeSeq)
        }

        if ((obj.profileEpoch != null && obj.profileEpoch !== 0)) {
          w.uint32(48)
          w.uint32(obj.profileEpoch)
        }

        if ((obj.profileSeq != null && obj.profileSeq !== 0n)) {
          w.uint32(56)
          w.uint64(obj.profileSeq)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          mailbox: uint8ArrayAlloc(0),
          route: uint8ArrayAlloc(0),
          profile: uint8ArrayAlloc(0),
          routeEpoch: 0,
          routeSeq: 0n,
          profileEpoch: 0,
          profileSeq: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.mailbox = reader.bytes()
              break
            }
            case 2: {
              obj.route = reader.bytes()
              break
            }
            case 3: {
              obj.profile = reader.bytes()
              break
            }
            case 4: {
              obj.routeEpoch = reader.uint32()
              break
            }
            case 5: {
              obj.routeSeq = reader.uint64()
              break
            }
            case 6: {
              obj.profileEpoch = reader.uint32()
              break
            }
            case 7: {
              obj.profileSeq = reader.uint64()
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
                field: `${prefix}.mailbox`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.route`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.profile`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.routeEpoch`,
                value: reader.uint32()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.routeSeq`,
                value: reader.uint64()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.profileEpoch`,
                value: reader.uint32()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.profileSeq`,
                value: reader.uint64()
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

  export interface PullMailboxFieldEvent {
    field: '$.mailbox'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PullRouteFieldEvent {
    field: '$.route'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PullProfileFieldEvent {
    field: '$.profile'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PullRouteEpochFieldEvent {
    field: '$.routeEpoch'
    value: number
  }

  export interface PullRouteSeqFieldEvent {
    field: '$.routeSeq'
    value: bigint
  }

  export interface PullProfileEpochFieldEvent {
    field: '$.profileEpoch'
    value: number
  }

  export interface PullProfileSeqFieldEvent {
    field: '$.profileSeq'
    value: bigint
  }

  export function encode (obj: Partial<Pull>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Pull.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Pull>): Pull {
    return decodeMessage(buf, Pull.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Pull>): Generator<PullMailboxFieldEvent | PullRouteFieldEvent | PullProfileFieldEvent | PullRouteEpochFieldEvent | PullRouteSeqFieldEvent | PullProfileEpochFieldEvent | PullProfileSeqFieldEvent> {
    return streamMessage(buf, Pull.codec(), opts)
  }
}

export interface Collections {
  collections: Uint8Array<ArrayBuffer>[]
}

export namespace Collections {
  let _codec: Codec<Collections>

  export const codec = (): Codec<Collections> => {
    if (_codec == null) {
      _codec = message<Collections>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.collections != null && obj.collections.length > 0) {
          for (const value of obj.collections) {
            w.uint32(10)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          collections: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.collections != null && obj.collections.length === opts.limits.collections) {
                throw new MaxLengthError('Decode error - repeated field "collections" had too many elements')
              }

              obj.collections.push(reader.bytes())
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
          collections: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.collections != null && obj.collections === opts.limits.collections) {
                throw new MaxLengthError('Streaming decode error - repeated field "collections" had too many elements')
              }

              yield {
                field: `${prefix}.collections[]`,
                index: obj.collections,
                value: reader.bytes()
              }

              obj.collections++

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

  export interface CollectionsCollectionsFieldEvent {
    field: '$.collections[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Collections>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Collections.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Collections>): Collections {
    return decodeMessage(buf, Collections.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Collections>): Generator<CollectionsCollectionsFieldEvent> {
    return streamMessage(buf, Collections.codec(), opts)
  }
}

export interface Ids {
  ids: Uint8Array<ArrayBuffer>
  more: boolean
}

export namespace Ids {
  let _codec: Codec<Ids>

  export const codec = (): Codec<Ids> => {
    if (_codec == null) {
      _codec = message<Ids>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.ids != null && obj.ids.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.ids)
        }

        if ((obj.more != null && obj.more !== false)) {
          w.uint32(16)
          w.bool(obj.more)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          ids: uint8ArrayAlloc(0),
          more: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.ids = reader.bytes()
              break
            }
            case 2: {
              obj.more = reader.bool()
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
                field: `${prefix}.ids`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.more`,
                value: reader.bool()
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

  export interface IdsIdsFieldEvent {
    field: '$.ids'
    value: Uint8Array<ArrayBuffer>
  }

  export interface IdsMoreFieldEvent {
    field: '$.more'
    value: boolean
  }

  export function encode (obj: Partial<Ids>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Ids.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Ids>): Ids {
    return decodeMessage(buf, Ids.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Ids>): Generator<IdsIdsFieldEvent | IdsMoreFieldEvent> {
    return streamMessage(buf, Ids.codec(), opts)
  }
}

export interface Want {
  ids: Uint8Array<ArrayBuffer>
}

export namespace Want {
  let _codec: Codec<Want>

  export const codec = (): Codec<Want> => {
    if (_codec == null) {
      _codec = message<Want>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.ids != null && obj.ids.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.ids)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          ids: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.ids = reader.bytes()
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
                field: `${prefix}.ids`,
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

  export interface WantIdsFieldEvent {
    field: '$.ids'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Want>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Want.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Want>): Want {
    return decodeMessage(buf, Want.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Want>): Generator<WantIdsFieldEvent> {
    return streamMessage(buf, Want.codec(), opts)
  }
}

export interface SyncFrame {
  hello?: Hello
  drain?: DrainRequest
  start?: DrainPosition
  page?: DrainPosition
  end?: DrainPosition
  refusal?: RefusalBody
  pull?: Pull
  route?: Uint8Array<ArrayBuffer>
  profile?: Uint8Array<ArrayBuffer>
  collections?: Collections
  ids?: Ids
  want?: Want
  given?: boolean
}

export namespace SyncFrame {
  let _codec: Codec<SyncFrame>

  export const codec = (): Codec<SyncFrame> => {
    if (_codec == null) {
      _codec = message<SyncFrame>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.given != null) {
          obj.want = undefined
          obj.ids = undefined
          obj.collections = undefined
          obj.profile = undefined
          obj.route = undefined
          obj.pull = undefined
          obj.refusal = undefined
          obj.end = undefined
          obj.page = undefined
          obj.start = undefined
          obj.drain = undefined
          obj.hello = undefined
        }

        if (obj.want != null) {
          obj.given = undefined
          obj.ids = undefined
          obj.collections = undefined
          obj.profile = undefined
          obj.route = undefined
          obj.pull = undefined
          obj.refusal = undefined
          obj.end = undefined
          obj.page = undefined
          obj.start = undefined
          obj.drain = undefined
          obj.hello = undefined
        }

        if (obj.ids != null) {
          obj.given = undefined
          obj.want = undefined
          obj.collections = undefined
          obj.profile = undefined
          obj.route = undefined
          obj.pull = undefined
          obj.refusal = undefined
          obj.end = undefined
          obj.page = undefined
          obj.start = undefined
          obj.drain = undefined
          obj.hello = undefined
        }

        if (obj.collections != null) {
          obj.given = undefined
          obj.want = undefined
          obj.ids = undefined
          obj.profile = undefined
          obj.route = undefined
          obj.pull = undefined
          obj.refusal = undefined
          obj.end = undefined
          obj.page = undefined
          obj.start = undefined
          obj.drain = undefined
          obj.hello = undefined
        }

        if (obj.profile != null) {
          obj.given = undefined
          obj.want = undefined
          obj.ids = undefined
          obj.collections = undefined
          obj.route = undefined
          obj.pull = undefined
          obj.refusal = undefined
          obj.end = undefined
          obj.page = undefined
          obj.start = undefined
          obj.drain = undefined
          obj.hello = undefined
        }

        if (obj.route != null) {
          obj.given = undefined
          obj.want = undefined
          obj.ids = undefined
          obj.collections = undefined
          obj.profile = undefined
          obj.pull = undefined
          obj.refusal = undefined
          obj.end = undefined
          obj.page = undefined
          obj.start = undefined
          obj.drain = undefined
          obj.hello = undefined
        }

        if (obj.pull != null) {
          obj.given = undefined
          obj.want = undefined
          obj.ids = undefined
          obj.collections = undefined
          obj.profile = undefined
          obj.route = undefined
          obj.refusal = undefined
          obj.end = undefined
          obj.page = undefined
          obj.start = undefined
          obj.drain = undefined
          obj.hello = undefined
        }

        if (obj.refusal != null) {
          obj.given = undefined
          obj.want = undefined
          obj.ids = undefined
          obj.collections = undefined
          obj.profile = undefined
          obj.route = undefined
          obj.pull = undefined
          obj.end = undefined
          obj.page = undefined
          obj.start = undefined
          obj.drain = undefined
          obj.hello = undefined
        }

        if (obj.end != null) {
          obj.given = undefined
          obj.want = undefined
          obj.ids = undefined
          obj.collections = undefined
          obj.profile = undefined
          obj.route = undefined
          obj.pull = undefined
          obj.refusal = undefined
          obj.page = undefined
          obj.start = undefined
          obj.drain = undefined
          obj.hello = undefined
        }

        if (obj.page != null) {
          obj.given = undefined
          obj.want = undefined
          obj.ids = undefined
          obj.collections = undefined
          obj.profile = undefined
          obj.route = undefined
          obj.pull = undefined
          obj.refusal = undefined
          obj.end = undefined
          obj.start = undefined
          obj.drain = undefined
          obj.hello = undefined
        }

        if (obj.start != null) {
          obj.given = undefined
          obj.want = undefined
          obj.ids = undefined
          obj.collections = undefined
          obj.profile = undefined
          obj.route = undefined
          obj.pull = undefined
          obj.refusal = undefined
          obj.end = undefined
          obj.page = undefined
          obj.drain = undefined
          obj.hello = undefined
        }

        if (obj.drain != null) {
          obj.given = undefined
          obj.want = undefined
          obj.ids = undefined
          obj.collections = undefined
          obj.profile = undefined
          obj.route = undefined
          obj.pull = undefined
          obj.refusal = undefined
          obj.end = undefined
          obj.page = undefined
          obj.start = undefined
          obj.hello = undefined
        }

        if (obj.hello != null) {
          obj.given = undefined
          obj.want = undefined
          obj.ids = undefined
          obj.collections = undefined
          obj.profile = undefined
          obj.route = undefined
          obj.pull = undefined
          obj.refusal = undefined
          obj.end = undefined
          obj.page = undefined
          obj.start = undefined
          obj.drain = undefined
        }

        if (obj.hello != null) {
          w.uint32(10)
          Hello.codec().encode(obj.hello, w)
        }

        if (obj.drain != null) {
          w.uint32(18)
          DrainRequest.codec().encode(obj.drain, w)
        }

        if (obj.start != null) {
          w.uint32(26)
          DrainPosition.codec().encode(obj.start, w)
        }

        if (obj.page != null) {
          w.uint32(34)
          DrainPosition.codec().encode(obj.page, w)
        }

        if (obj.end != null) {
          w.uint32(42)
          DrainPosition.codec().encode(obj.end, w)
        }

        if (obj.refusal != null) {
          w.uint32(50)
          RefusalBody.codec().encode(obj.refusal, w)
        }

        if (obj.pull != null) {
          w.uint32(58)
          Pull.codec().encode(obj.pull, w)
        }

        if (obj.route != null) {
          w.uint32(66)
          w.bytes(obj.route)
        }

        if (obj.profile != null) {
          w.uint32(74)
          w.bytes(obj.profile)
        }

        if (obj.collections != null) {
          w.uint32(82)
          Collections.codec().encode(obj.collections, w)
        }

        if (obj.ids != null) {
          w.uint32(90)
          Ids.codec().encode(obj.ids, w)
        }

        if (obj.want != null) {
          w.uint32(98)
          Want.codec().encode(obj.want, w)
        }

        if (obj.given != null) {
          w.uint32(104)
          w.bool(obj.given)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.hello = Hello.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.hello
              })
              break
            }
            case 2: {
              obj.drain = DrainRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.drain
              })
              break
            }
            case 3: {
              obj.start = DrainPosition.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.start
              })
              break
            }
            case 4: {
              obj.page = DrainPosition.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.page
              })
              break
            }
            case 5: {
              obj.end = DrainPosition.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.end
              })
              break
            }
            case 6: {
              obj.refusal = RefusalBody.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.refusal
              })
              break
            }
            case 7: {
              obj.pull = Pull.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.pull
              })
              break
            }
            case 8: {
              obj.route = reader.bytes()
              break
            }
            case 9: {
              obj.profile = reader.bytes()
              break
            }
            case 10: {
              obj.collections = Collections.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.collections
              })
              break
            }
            case 11: {
              obj.ids = Ids.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.ids
              })
              break
            }
            case 12: {
              obj.want = Want.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.want
              })
              break
            }
            case 13: {
              obj.given = reader.bool()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.given != null) {
          delete obj.want
          delete obj.ids
          delete obj.collections
          delete obj.profile
          delete obj.route
          delete obj.pull
          delete obj.refusal
          delete obj.end
          delete obj.page
          delete obj.start
          delete obj.drain
          delete obj.hello
        }

        if (obj.want != null) {
          delete obj.given
          delete obj.ids
          delete obj.collections
          delete obj.profile
          delete obj.route
          delete obj.pull
          delete obj.refusal
          delete obj.end
          delete obj.page
          delete obj.start
          delete obj.drain
          delete obj.hello
        }

        if (obj.ids != null) {
          delete obj.given
          delete obj.want
          delete obj.collections
          delete obj.profile
          delete obj.route
          delete obj.pull
          delete obj.refusal
          delete obj.end
          delete obj.page
          delete obj.start
          delete obj.drain
          delete obj.hello
        }

        if (obj.collections != null) {
          delete obj.given
          delete obj.want
          delete obj.ids
          delete obj.profile
          delete obj.route
          delete obj.pull
          delete obj.refusal
          delete obj.end
          delete obj.page
          delete obj.start
          delete obj.drain
          delete obj.hello
        }

        if (obj.profile != null) {
          delete obj.given
          delete obj.want
          delete obj.ids
          delete obj.collections
          delete obj.route
          delete obj.pull
          delete obj.refusal
          delete obj.end
          delete obj.page
          delete obj.start
          delete obj.drain
          delete obj.hello
        }

        if (obj.route != null) {
          delete obj.given
          delete obj.want
          delete obj.ids
          delete obj.collections
          delete obj.profile
          delete obj.pull
          delete obj.refusal
          delete obj.end
          delete obj.page
          delete obj.start
          delete obj.drain
          delete obj.hello
        }

        if (obj.pull != null) {
          delete obj.given
          delete obj.want
          delete obj.ids
          delete obj.collections
          delete obj.profile
          delete obj.route
          delete obj.refusal
          delete obj.end
          delete obj.page
          delete obj.start
          delete obj.drain
          delete obj.hello
        }

        if (obj.refusal != null) {
          delete obj.given
          delete obj.want
          delete obj.ids
          delete obj.collections
          delete obj.profile
          delete obj.route
          delete obj.pull
          delete obj.end
          delete obj.page
          delete obj.start
          delete obj.drain
          delete obj.hello
        }

        if (obj.end != null) {
          delete obj.given
          delete obj.want
          delete obj.ids
          delete obj.collections
          delete obj.profile
          delete obj.route
          delete obj.pull
          delete obj.refusal
          delete obj.page
          delete obj.start
          delete obj.drain
          delete obj.hello
        }

        if (obj.page != null) {
          delete obj.given
          delete obj.want
          delete obj.ids
          delete obj.collections
          delete obj.profile
          delete obj.route
          delete obj.pull
          delete obj.refusal
          delete obj.end
          delete obj.start
          delete obj.drain
          delete obj.hello
        }

        if (obj.start != null) {
          delete obj.given
          delete obj.want
          delete obj.ids
          delete obj.collections
          delete obj.profile
          delete obj.route
          delete obj.pull
          delete obj.refusal
          delete obj.end
          delete obj.page
          delete obj.drain
          delete obj.hello
        }

        if (obj.drain != null) {
          delete obj.given
          delete obj.want
          delete obj.ids
          delete obj.collections
          delete obj.profile
          delete obj.route
          delete obj.pull
          delete obj.refusal
          delete obj.end
          delete obj.page
          delete obj.start
          delete obj.hello
        }

        if (obj.hello != null) {
          delete obj.given
          delete obj.want
          delete obj.ids
          delete obj.collections
          delete obj.profile
          delete obj.route
          delete obj.pull
          delete obj.refusal
          delete obj.end
          delete obj.page
          delete obj.start
          delete obj.drain
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * Hello.codec().stream(reader, reader.uint32(), `${prefix}.hello`, {
                limits: opts.limits?.hello
              })

              break
            }
            case 2: {
              yield * DrainRequest.codec().stream(reader, reader.uint32(), `${prefix}.drain`, {
                limits: opts.limits?.drain
              })

              break
            }
            case 3: {
              yield * DrainPosition.codec().stream(reader, reader.uint32(), `${prefix}.start`, {
                limits: opts.limits?.start
              })

              break
            }
            case 4: {
              yield * DrainPosition.codec().stream(reader, reader.uint32(), `${prefix}.page`, {
                limits: opts.limits?.page
              })

              break
            }
            case 5: {
              yield * DrainPosition.codec().stream(reader, reader.uint32(), `${prefix}.end`, {
                limits: opts.limits?.end
              })

              break
            }
            case 6: {
              yield * RefusalBody.codec().stream(reader, reader.uint32(), `${prefix}.refusal`, {
                limits: opts.limits?.refusal
              })

              break
            }
            case 7: {
              yield * Pull.codec().stream(reader, reader.uint32(), `${prefix}.pull`, {
                limits: opts.limits?.pull
              })

              break
            }
            case 8: {
              yield {
                field: `${prefix}.route`,
                value: reader.bytes()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.profile`,
                value: reader.bytes()
              }
              break
            }
            case 10: {
              yield * Collections.codec().stream(reader, reader.uint32(), `${prefix}.collections`, {
                limits: opts.limits?.collections
              })

              break
            }
            case 11: {
              yield * Ids.codec().stream(reader, reader.uint32(), `${prefix}.ids`, {
                limits: opts.limits?.ids
              })

              break
            }
            case 12: {
              yield * Want.codec().stream(reader, reader.uint32(), `${prefix}.want`, {
                limits: opts.limits?.want
              })

              break
            }
            case 13: {
              yield {
                field: `${prefix}.given`,
                value: reader.bool()
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

  export interface SyncFrameHelloVersionsFieldEvent {
    field: '$.hello.versions[]'
    index: number
    value: number
  }

  export interface SyncFrameHelloFeaturesFieldEvent {
    field: '$.hello.features'
    value: bigint
  }

  export interface SyncFrameHelloCriticalFeaturesFieldEvent {
    field: '$.hello.criticalFeatures'
    value: bigint
  }

  export interface SyncFrameHelloNetworkFieldEvent {
    field: '$.hello.network'
    value: string
  }

  export interface SyncFrameHelloLimitsFrameBytesFieldEvent {
    field: '$.hello.limits.frameBytes'
    value: number
  }

  export interface SyncFrameHelloLimitsInFlightDepositsFieldEvent {
    field: '$.hello.limits.inFlightDeposits'
    value: number
  }

  export interface SyncFrameHelloStoreIdFieldEvent {
    field: '$.hello.storeId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SyncFrameDrainMailboxFieldEvent {
    field: '$.drain.mailbox'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SyncFrameDrainStoreIdFieldEvent {
    field: '$.drain.storeId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SyncFrameDrainPositionFieldEvent {
    field: '$.drain.position'
    value: bigint
  }

  export interface SyncFrameDrainCertificateFieldEvent {
    field: '$.drain.certificate'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SyncFrameStartStoreIdFieldEvent {
    field: '$.start.storeId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SyncFrameStartPositionFieldEvent {
    field: '$.start.position'
    value: bigint
  }

  export interface SyncFramePageStoreIdFieldEvent {
    field: '$.page.storeId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SyncFramePagePositionFieldEvent {
    field: '$.page.position'
    value: bigint
  }

  export interface SyncFrameEndStoreIdFieldEvent {
    field: '$.end.storeId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SyncFrameEndPositionFieldEvent {
    field: '$.end.position'
    value: bigint
  }

  export interface SyncFrameRefusalCodeFieldEvent {
    field: '$.refusal.code'
    value: number
  }

  export interface SyncFrameRefusalRetryAfterSecondsFieldEvent {
    field: '$.refusal.retryAfterSeconds'
    value: number
  }

  export interface SyncFramePullMailboxFieldEvent {
    field: '$.pull.mailbox'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SyncFramePullRouteFieldEvent {
    field: '$.pull.route'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SyncFramePullProfileFieldEvent {
    field: '$.pull.profile'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SyncFramePullRouteEpochFieldEvent {
    field: '$.pull.routeEpoch'
    value: number
  }

  export interface SyncFramePullRouteSeqFieldEvent {
    field: '$.pull.routeSeq'
    value: bigint
  }

  export interface SyncFramePullProfileEpochFieldEvent {
    field: '$.pull.profileEpoch'
    value: number
  }

  export interface SyncFramePullProfileSeqFieldEvent {
    field: '$.pull.profileSeq'
    value: bigint
  }

  export interface SyncFrameRouteFieldEvent {
    field: '$.route'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SyncFrameProfileFieldEvent {
    field: '$.profile'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SyncFrameCollectionsCollectionsFieldEvent {
    field: '$.collections.collections[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface SyncFrameIdsIdsFieldEvent {
    field: '$.ids.ids'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SyncFrameIdsMoreFieldEvent {
    field: '$.ids.more'
    value: boolean
  }

  export interface SyncFrameWantIdsFieldEvent {
    field: '$.want.ids'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SyncFrameGivenFieldEvent {
    field: '$.given'
    value: boolean
  }

  export function encode (obj: Partial<SyncFrame>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SyncFrame.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SyncFrame>): SyncFrame {
    return decodeMessage(buf, SyncFrame.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SyncFrame>): Generator<SyncFrameHelloVersionsFieldEvent | SyncFrameHelloFeaturesFieldEvent | SyncFrameHelloCriticalFeaturesFieldEvent | SyncFrameHelloNetworkFieldEvent | SyncFrameHelloLimitsFrameBytesFieldEvent | SyncFrameHelloLimitsInFlightDepositsFieldEvent | SyncFrameHelloStoreIdFieldEvent | SyncFrameDrainMailboxFieldEvent | SyncFrameDrainStoreIdFieldEvent | SyncFrameDrainPositionFieldEvent | SyncFrameDrainCertificateFieldEvent | SyncFrameStartStoreIdFieldEvent | SyncFrameStartPositionFieldEvent | SyncFramePageStoreIdFieldEvent | SyncFramePagePositionFieldEvent | SyncFrameEndStoreIdFieldEvent | SyncFrameEndPositionFieldEvent | SyncFrameRefusalCodeFieldEvent | SyncFrameRefusalRetryAfterSecondsFieldEvent | SyncFramePullMailboxFieldEvent | SyncFramePullRouteFieldEvent | SyncFramePullProfileFieldEvent | SyncFramePullRouteEpochFieldEvent | SyncFramePullRouteSeqFieldEvent | SyncFramePullProfileEpochFieldEvent | SyncFramePullProfileSeqFieldEvent | SyncFrameRouteFieldEvent | SyncFrameProfileFieldEvent | SyncFrameCollectionsCollectionsFieldEvent | SyncFrameIdsIdsFieldEvent | SyncFrameIdsMoreFieldEvent | SyncFrameWantIdsFieldEvent | SyncFrameGivenFieldEvent> {
    return streamMessage(buf, SyncFrame.codec(), opts)
  }
}

export interface DrainPosition {
  storeId: Uint8Array<ArrayBuffer>
  position: bigint
}

export namespace DrainPosition {
  let _codec: Codec<DrainPosition>

  export const codec = (): Codec<DrainPosition> => {
    if (_codec == null) {
      _codec = message<DrainPosition>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.storeId != null && obj.storeId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.storeId)
        }

        if ((obj.position != null && obj.position !== 0n)) {
          w.uint32(16)
          w.uint64(obj.position)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          storeId: uint8ArrayAlloc(0),
          position: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.storeId = reader.bytes()
              break
            }
            case 2: {
              obj.position = reader.uint64()
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
                field: `${prefix}.storeId`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.position`,
                value: reader.uint64()
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

  export interface DrainPositionStoreIdFieldEvent {
    field: '$.storeId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DrainPositionPositionFieldEvent {
    field: '$.position'
    value: bigint
  }

  export function encode (obj: Partial<DrainPosition>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, DrainPosition.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DrainPosition>): DrainPosition {
    return decodeMessage(buf, DrainPosition.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DrainPosition>): Generator<DrainPositionStoreIdFieldEvent | DrainPositionPositionFieldEvent> {
    return streamMessage(buf, DrainPosition.codec(), opts)
  }
}

export interface ProfileFrame {
  hello?: Hello
  root?: Uint8Array<ArrayBuffer>
  answer?: ProfileAnswer
  refusal?: RefusalBody
  fetchKeyPackages?: FetchKeyPackages
  keyPackages?: FetchedKeyPackages
}

export namespace ProfileFrame {
  let _codec: Codec<ProfileFrame>

  export const codec = (): Codec<ProfileFrame> => {
    if (_codec == null) {
      _codec = message<ProfileFrame>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.keyPackages != null) {
          obj.fetchKeyPackages = undefined
          obj.refusal = undefined
          obj.answer = undefined
          obj.root = undefined
          obj.hello = undefined
        }

        if (obj.fetchKeyPackages != null) {
          obj.keyPackages = undefined
          obj.refusal = undefined
          obj.answer = undefined
          obj.root = undefined
          obj.hello = undefined
        }

        if (obj.refusal != null) {
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.answer = undefined
          obj.root = undefined
          obj.hello = undefined
        }

        if (obj.answer != null) {
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.refusal = undefined
          obj.root = undefined
          obj.hello = undefined
        }

        if (obj.root != null) {
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.refusal = undefined
          obj.answer = undefined
          obj.hello = undefined
        }

        if (obj.hello != null) {
          obj.keyPackages = undefined
          obj.fetchKeyPackages = undefined
          obj.refusal = undefined
          obj.answer = undefined
          obj.root = undefined
        }

        if (obj.hello != null) {
          w.uint32(10)
          Hello.codec().encode(obj.hello, w)
        }

        if (obj.root != null) {
          w.uint32(18)
          w.bytes(obj.root)
        }

        if (obj.answer != null) {
          w.uint32(26)
          ProfileAnswer.codec().encode(obj.answer, w)
        }

        if (obj.refusal != null) {
          w.uint32(34)
          RefusalBody.codec().encode(obj.refusal, w)
        }

        if (obj.fetchKeyPackages != null) {
          w.uint32(42)
          FetchKeyPackages.codec().encode(obj.fetchKeyPackages, w)
        }

        if (obj.keyPackages != null) {
          w.uint32(50)
          FetchedKeyPackages.codec().encode(obj.keyPackages, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.hello = Hello.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.hello
              })
              break
            }
            case 2: {
              obj.root = reader.bytes()
              break
            }
            case 3: {
              obj.answer = ProfileAnswer.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.answer
              })
              break
            }
            case 4: {
              obj.refusal = RefusalBody.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.refusal
              })
              break
            }
            case 5: {
              obj.fetchKeyPackages = FetchKeyPackages.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.fetchKeyPackages
              })
              break
            }
            case 6: {
              obj.keyPackages = FetchedKeyPackages.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.keyPackages
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.keyPackages != null) {
          delete obj.fetchKeyPackages
          delete obj.refusal
          delete obj.answer
          delete obj.root
          delete obj.hello
        }

        if (obj.fetchKeyPackages != null) {
          delete obj.keyPackages
          delete obj.refusal
          delete obj.answer
          delete obj.root
          delete obj.hello
        }

        if (obj.refusal != null) {
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.answer
          delete obj.root
          delete obj.hello
        }

        if (obj.answer != null) {
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.refusal
          delete obj.root
          delete obj.hello
        }

        if (obj.root != null) {
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.refusal
          delete obj.answer
          delete obj.hello
        }

        if (obj.hello != null) {
          delete obj.keyPackages
          delete obj.fetchKeyPackages
          delete obj.refusal
          delete obj.answer
          delete obj.root
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * Hello.codec().stream(reader, reader.uint32(), `${prefix}.hello`, {
                limits: opts.limits?.hello
              })

              break
            }
            case 2: {
              yield {
                field: `${prefix}.root`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield * ProfileAnswer.codec().stream(reader, reader.uint32(), `${prefix}.answer`, {
                limits: opts.limits?.answer
              })

              break
            }
            case 4: {
              yield * RefusalBody.codec().stream(reader, reader.uint32(), `${prefix}.refusal`, {
                limits: opts.limits?.refusal
              })

              break
            }
            case 5: {
              yield * FetchKeyPackages.codec().stream(reader, reader.uint32(), `${prefix}.fetchKeyPackages`, {
                limits: opts.limits?.fetchKeyPackages
              })

              break
            }
            case 6: {
              yield * FetchedKeyPackages.codec().stream(reader, reader.uint32(), `${prefix}.keyPackages`, {
                limits: opts.limits?.keyPackages
              })

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

  export interface ProfileFrameHelloVersionsFieldEvent {
    field: '$.hello.versions[]'
    index: number
    value: number
  }

  export interface ProfileFrameHelloFeaturesFieldEvent {
    field: '$.hello.features'
    value: bigint
  }

  export interface ProfileFrameHelloCriticalFeaturesFieldEvent {
    field: '$.hello.criticalFeatures'
    value: bigint
  }

  export interface ProfileFrameHelloNetworkFieldEvent {
    field: '$.hello.network'
    value: string
  }

  export interface ProfileFrameHelloLimitsFrameBytesFieldEvent {
    field: '$.hello.limits.frameBytes'
    value: number
  }

  export interface ProfileFrameHelloLimitsInFlightDepositsFieldEvent {
    field: '$.hello.limits.inFlightDeposits'
    value: number
  }

  export interface ProfileFrameHelloStoreIdFieldEvent {
    field: '$.hello.storeId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ProfileFrameRootFieldEvent {
    field: '$.root'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ProfileFrameAnswerProfileFieldEvent {
    field: '$.answer.profile'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ProfileFrameAnswerRecordFieldEvent {
    field: '$.answer.record'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ProfileFrameRefusalCodeFieldEvent {
    field: '$.refusal.code'
    value: number
  }

  export interface ProfileFrameRefusalRetryAfterSecondsFieldEvent {
    field: '$.refusal.retryAfterSeconds'
    value: number
  }

  export interface ProfileFrameFetchKeyPackagesRootFieldEvent {
    field: '$.fetchKeyPackages.root'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ProfileFrameFetchKeyPackagesDevicesFieldEvent {
    field: '$.fetchKeyPackages.devices[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface ProfileFrameKeyPackagesPackagesDeviceFieldEvent {
    field: '$.keyPackages.packages[].device'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface ProfileFrameKeyPackagesPackagesKeyPackageFieldEvent {
    field: '$.keyPackages.packages[].keyPackage'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export function encode (obj: Partial<ProfileFrame>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ProfileFrame.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ProfileFrame>): ProfileFrame {
    return decodeMessage(buf, ProfileFrame.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ProfileFrame>): Generator<ProfileFrameHelloVersionsFieldEvent | ProfileFrameHelloFeaturesFieldEvent | ProfileFrameHelloCriticalFeaturesFieldEvent | ProfileFrameHelloNetworkFieldEvent | ProfileFrameHelloLimitsFrameBytesFieldEvent | ProfileFrameHelloLimitsInFlightDepositsFieldEvent | ProfileFrameHelloStoreIdFieldEvent | ProfileFrameRootFieldEvent | ProfileFrameAnswerProfileFieldEvent | ProfileFrameAnswerRecordFieldEvent | ProfileFrameRefusalCodeFieldEvent | ProfileFrameRefusalRetryAfterSecondsFieldEvent | ProfileFrameFetchKeyPackagesRootFieldEvent | ProfileFrameFetchKeyPackagesDevicesFieldEvent | ProfileFrameKeyPackagesPackagesDeviceFieldEvent | ProfileFrameKeyPackagesPackagesKeyPackageFieldEvent> {
    return streamMessage(buf, ProfileFrame.codec(), opts)
  }
}

export interface ProfileAnswer {
  profile: Uint8Array<ArrayBuffer>
  record: Uint8Array<ArrayBuffer>
}

export namespace ProfileAnswer {
  let _codec: Codec<ProfileAnswer>

  export const codec = (): Codec<ProfileAnswer> => {
    if (_codec == null) {
      _codec = message<ProfileAnswer>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.profile != null && obj.profile.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.profile)
        }

        if ((obj.record != null && obj.record.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.record)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          profile: uint8ArrayAlloc(0),
          record: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.profile = reader.bytes()
              break
            }
            case 2: {
              obj.record = reader.bytes()
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
                field: `${prefix}.profile`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.record`,
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

  export interface ProfileAnswerProfileFieldEvent {
    field: '$.profile'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ProfileAnswerRecordFieldEvent {
    field: '$.record'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<ProfileAnswer>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ProfileAnswer.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ProfileAnswer>): ProfileAnswer {
    return decodeMessage(buf, ProfileAnswer.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ProfileAnswer>): Generator<ProfileAnswerProfileFieldEvent | ProfileAnswerRecordFieldEvent> {
    return streamMessage(buf, ProfileAnswer.codec(), opts)
  }
}
