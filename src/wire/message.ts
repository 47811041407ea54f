import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface MessageBody {
  id: Uint8Array<ArrayBuffer>
  from: Uint8Array<ArrayBuffer>
  to: Uint8Array<ArrayBuffer>
  sentAt: bigint
  parents: Uint8Array<ArrayBuffer>[]
  introduction?: Introduction
  text?: Text
  delivered?: Marks
  read?: Marks
}

export namespace MessageBody {
  let _codec: Codec<MessageBody>

  export const codec = (): Codec<MessageBody> => {
    if (_codec == null) {
      _codec = message<MessageBody>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.read != null) {
          obj.delivered = undefined
          obj.text = undefined
        }

        if (obj.delivered != null) {
          obj.read = undefined
          obj.text = undefined
        }

        if (obj.text != null) {
          obj.read = undefined
          obj.delivered = undefined
        }

        if ((obj.id != null && obj.id.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.id)
        }

        if ((obj.from != null && obj.from.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.from)
        }

        if ((obj.to != null && obj.to.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.to)
        }

        if ((obj.sentAt != null && obj.sentAt !== 0n)) {
          w.uint32(32)
          w.uint64(obj.sentAt)
        }

        if (obj.parents != null && obj.parents.length > 0) {
          for (const value of obj.parents) {
            w.uint32(42)
            w.bytes(value)
          }
        }

        if (obj.introduction != null) {
          w.uint32(50)
          Introduction.codec().encode(obj.introduction, w)
        }

        if (obj.text != null) {
          w.uint32(58)
          Text.codec().encode(obj.text, w)
        }

        if (obj.delivered != null) {
          w.uint32(66)
          Marks.codec().encode(obj.delivered, w)
        }

        if (obj.read != null) {
          w.uint32(74)
          Marks.codec().encode(obj.read, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          id: uint8ArrayAlloc(0),
          from: uint8ArrayAlloc(0),
          to: uint8ArrayAlloc(0),
          sentAt: 0n,
          parents: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.id = reader.bytes()
              break
            }
            case 2: {
              obj.from = reader.bytes()
              break
            }
            case 3: {
              obj.to = reader.bytes()
              break
            }
            case 4: {
              obj.sentAt = reader.uint64()
              break
            }
            case 5: {
              if (opts.limits?.parents != null && obj.parents.length === opts.limits.parents) {
                throw new MaxLengthError('Decode error - repeated field "parents" had too many elements')
              }

              obj.parents.push(reader.bytes())
              break
            }
            case 6: {
              obj.introduction = Introduction.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.introduction
              })
              break
            }
            case 7: {
              obj.text = Text.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.text
              })
              break
            }
            case 8: {
              obj.delivered = Marks.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.delivered
              })
              break
            }
            case 9: {
              obj.read = Marks.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.read
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.read != null) {
          delete obj.delivered
          delete obj.text
        }

        if (obj.delivered != null) {
          delete obj.read
          delete obj.text
        }

        if (obj.text != null) {
          delete obj.read
          delete obj.delivered
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          parents: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.id`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.from`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.to`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.sentAt`,
                value: reader.uint64()
              }
              break
            }
            case 5: {
              if (opts.limits?.parents != null && obj.parents === opts.limits.parents) {
                throw new MaxLengthError('Streaming decode error - repeated field "parents" had too many elements')
              }

              yield {
                field: `${prefix}.parents[]`,
                index: obj.parents,
                value: reader.bytes()
              }

              obj.parents++

              break
            }
            case 6: {
              yield * Introduction.codec().stream(reader, reader.uint32(), `${prefix}.introduction`, {
                limits: opts.limits?.introduction
              })

              break
            }
            case 7: {
              yield * Text.codec().stream(reader, reader.uint32(), `${prefix}.text`, {
                limits: opts.limits?.text
              })

              break
            }
            case 8: {
              yield * Marks.codec().stream(reader, reader.uint32(), `${prefix}.delivered`, {
                limits: opts.limits?.delivered
              })

              break
            }
            case 9: {
              yield * Marks.codec().stream(reader, reader.uint32(), `${prefix}.read`, {
                limits: opts.limits?.read
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

  export interface MessageBodyIdFieldEvent {
    field: '$.id'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MessageBodyFromFieldEvent {
    field: '$.from'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MessageBodyToFieldEvent {
    field: '$.to'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MessageBodySentAtFieldEvent {
    field: '$.sentAt'
    value: bigint
  }

  export interface MessageBodyParentsFieldEvent {
    field: '$.parents[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface MessageBodyIntroductionRecordFieldEvent {
    field: '$.introduction.record'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MessageBodyIntroductionProfileFieldEvent {
    field: '$.introduction.profile'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MessageBodyIntroductionPresenceKeyFieldEvent {
    field: '$.introduction.presenceKey'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MessageBodyTextTextFieldEvent {
    field: '$.text.text'
    value: string
  }

  export interface MessageBodyDeliveredIdsFieldEvent {
    field: '$.delivered.ids[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface MessageBodyReadIdsFieldEvent {
    field: '$.read.ids[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<MessageBody>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MessageBody.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MessageBody>): MessageBody {
    return decodeMessage(buf, MessageBody.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MessageBody>): Generator<MessageBodyIdFieldEvent | MessageBodyFromFieldEvent | MessageBodyToFieldEvent | MessageBodySentAtFieldEvent | MessageBodyParentsFieldEvent | MessageBodyIntroductionRecordFieldEvent | MessageBodyIntroductionProfileFieldEvent | MessageBodyIntroductionPresenceKeyFieldEvent | MessageBodyTextTextFieldEvent | MessageBodyDeliveredIdsFieldEvent | MessageBodyReadIdsFieldEvent> {
    return streamMessage(buf, MessageBody.codec(), opts)
  }
}

export interface Introduction {
  record: Uint8Array<ArrayBuffer>
  profile: Uint8Array<ArrayBuffer>
  presenceKey: Uint8Array<ArrayBuffer>
}

export namespace Introduction {
  let _codec: Codec<Introduction>

  export const codec = (): Codec<Introduction> => {
    if (_codec == null) {
      _codec = message<Introduction>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.record != null && obj.record.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.record)
        }

        if ((obj.profile != null && obj.profile.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.profile)
        }

        if ((obj.presenceKey != null && obj.presenceKey.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.presenceKey)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          record: uint8ArrayAlloc(0),
          profile: uint8ArrayAlloc(0),
          presenceKey: uint8ArrayAlloc(0)
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
              obj.profile = reader.bytes()
              break
            }
            case 3: {
              obj.presenceKey = reader.bytes()
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
                field: `${prefix}.profile`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.presenceKey`,
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

  export interface IntroductionRecordFieldEvent {
    field: '$.record'
    value: Uint8Array<ArrayBuffer>
  }

  export interface IntroductionProfileFieldEvent {
    field: '$.profile'
    value: Uint8Array<ArrayBuffer>
  }

  export interface IntroductionPresenceKeyFieldEvent {
    field: '$.presenceKey'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Introduction>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Introduction.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Introduction>): Introduction {
    return decodeMessage(buf, Introduction.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Introduction>): Generator<IntroductionRecordFieldEvent | IntroductionProfileFieldEvent | IntroductionPresenceKeyFieldEvent> {
    return streamMessage(buf, Introduction.codec(), opts)
  }
}

export interface Text {
  text: string
}

export namespace Text {
  let _codec: Codec<Text>

  export const codec = (): Codec<Text> => {
    if (_codec == null) {
      _codec = message<Text>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.text != null && obj.text !== '')) {
          w.uint32(10)
          w.string(obj.text)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          text: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.text = reader.string()
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
                field: `${prefix}.text`,
                value: reader.string()
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

  export interface TextTextFieldEvent {
    field: '$.text'
    value: string
  }

  export function encode (obj: Partial<Text>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Text.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Text>): Text {
    return decodeMessage(buf, Text.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Text>): Generator<TextTextFieldEvent> {
    return streamMessage(buf, Text.codec(), opts)
  }
}

export interface Marks {
  ids: Uint8Array<ArrayBuffer>[]
}

export namespace Marks {
  let _codec: Codec<Marks>

  export const codec = (): Codec<Marks> => {
    if (_codec == null) {
      _codec = message<Marks>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.ids != null && obj.ids.length > 0) {
          for (const value of obj.ids) {
            w.uint32(10)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          ids: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
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

  export interface MarksIdsFieldEvent {
    field: '$.ids[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Marks>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Marks.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Marks>): Marks {
    return decodeMessage(buf, Marks.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Marks>): Generator<MarksIdsFieldEvent> {
    return streamMessage(buf, Marks.codec(), opts)
  }
}
