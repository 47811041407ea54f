import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface Note {
  id: Uint8Array<ArrayBuffer>
  from: Uint8Array<ArrayBuffer>
  to: Uint8Array<ArrayBuffer>
  sentAt: bigint
  introduction?: Introduction
  delivered?: Marks
  lost?: Lost
}

export namespace Note {
  let _codec: Codec<Note>

  export const codec = (): Codec<Note> => {
    if (_codec == null) {
      _codec = message<Note>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.lost != null) {
          obj.delivered = undefined
        }

        if (obj.delivered != null) {
          obj.lost = undefined
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

        if (obj.introduction != null) {
          w.uint32(42)
          Introduction.codec().encode(obj.introduction, w)
        }

        if (obj.delivered != null) {
          w.uint32(50)
          Marks.codec().encode(obj.delivered, w)
        }

        if (obj.lost != null) {
          w.uint32(58)
          Lost.codec().encode(obj.lost, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          id: uint8ArrayAlloc(0),
          from: uint8ArrayAlloc(0),
          to: uint8ArrayAlloc(0),
          sentAt: 0n
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
              obj.introduction = Introduction.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.introduction
              })
              break
            }
            case 6: {
              obj.delivered = Marks.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.delivered
              })
              break
            }
            case 7: {
              obj.lost = Lost.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.lost
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.lost != null) {
          delete obj.delivered
        }

        if (obj.delivered != null) {
          delete obj.lost
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
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
              yield * Introduction.codec().stream(reader, reader.uint32(), `${prefix}.introduction`, {
                limits: opts.limits?.introduction
              })

              break
            }
            case 6: {
              yield * Marks.codec().stream(reader, reader.uint32(), `${prefix}.delivered`, {
                limits: opts.limits?.delivered
              })

              break
            }
            case 7: {
              yield * Lost.codec().stream(reader, reader.uint32(), `${prefix}.lost`, {
                limits: opts.limits?.lost
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

  export interface NoteIdFieldEvent {
    field: '$.id'
    value: Uint8Array<ArrayBuffer>
  }

  export interface NoteFromFieldEvent {
    field: '$.from'
    value: Uint8Array<ArrayBuffer>
  }

  export interface NoteToFieldEvent {
    field: '$.to'
    value: Uint8Array<ArrayBuffer>
  }

  export interface NoteSentAtFieldEvent {
    field: '$.sentAt'
    value: bigint
  }

  export interface NoteIntroductionRecordFieldEvent {
    field: '$.introduction.record'
    value: Uint8Array<ArrayBuffer>
  }

  export interface NoteIntroductionProfileFieldEvent {
    field: '$.introduction.profile'
    value: Uint8Array<ArrayBuffer>
  }

  export interface NoteIntroductionPresenceKeyFieldEvent {
    field: '$.introduction.presenceKey'
    value: Uint8Array<ArrayBuffer>
  }

  export interface NoteDeliveredIdsFieldEvent {
    field: '$.delivered.ids[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface NoteLostIdsFieldEvent {
    field: '$.lost.ids[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface NoteLostDeviceFieldEvent {
    field: '$.lost.device'
    value: Uint8Array<ArrayBuffer>
  }

  export interface NoteLostKeyPackageFieldEvent {
    field: '$.lost.keyPackage'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Note>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Note.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Note>): Note {
    return decodeMessage(buf, Note.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Note>): Generator<NoteIdFieldEvent | NoteFromFieldEvent | NoteToFieldEvent | NoteSentAtFieldEvent | NoteIntroductionRecordFieldEvent | NoteIntroductionProfileFieldEvent | NoteIntroductionPresenceKeyFieldEvent | NoteDeliveredIdsFieldEvent | NoteLostIdsFieldEvent | NoteLostDeviceFieldEvent | NoteLostKeyPackageFieldEvent> {
    return streamMessage(buf, Note.codec(), opts)
  }
}

export interface Lost {
  ids: Uint8Array<ArrayBuffer>[]
  device: Uint8Array<ArrayBuffer>
  keyPackage: Uint8Array<ArrayBuffer>
}

export namespace Lost {
  let _codec: Codec<Lost>

  export const codec = (): Codec<Lost> => {
    if (_codec == null) {
      _codec = message<Lost>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.ids != null && obj.ids.length > 0) {
          for (const value of obj.ids) {
            w.uint32(10)
            w.bytes(value)
          }
        }

        if ((obj.device != null && obj.device.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.device)
        }

        if ((obj.keyPackage != null && obj.keyPackage.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.keyPackage)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          ids: [],
          device: uint8ArrayAlloc(0),
          keyPackage: uint8ArrayAlloc(0)
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
            case 2: {
              obj.device = reader.bytes()
              break
            }
            case 3: {
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
            case 2: {
              yield {
                field: `${prefix}.device`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
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

  export interface LostIdsFieldEvent {
    field: '$.ids[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface LostDeviceFieldEvent {
    field: '$.device'
    value: Uint8Array<ArrayBuffer>
  }

  export interface LostKeyPackageFieldEvent {
    field: '$.keyPackage'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Lost>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Lost.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Lost>): Lost {
    return decodeMessage(buf, Lost.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Lost>): Generator<LostIdsFieldEvent | LostDeviceFieldEvent | LostKeyPackageFieldEvent> {
    return streamMessage(buf, Lost.codec(), opts)
  }
}

export interface GroupFrame {
  from: Uint8Array<ArrayBuffer>
  device: Uint8Array<ArrayBuffer>
  mls: Uint8Array<ArrayBuffer>
}

export namespace GroupFrame {
  let _codec: Codec<GroupFrame>

  export const codec = (): Codec<GroupFrame> => {
    if (_codec == null) {
      _codec = message<GroupFrame>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.from != null && obj.from.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.from)
        }

        if ((obj.device != null && obj.device.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.device)
        }

        if ((obj.mls != null && obj.mls.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.mls)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          from: uint8ArrayAlloc(0),
          device: uint8ArrayAlloc(0),
          mls: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.from = reader.bytes()
              break
            }
            case 2: {
              obj.device = reader.bytes()
              break
            }
            case 3: {
              obj.mls = reader.bytes()
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
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.device`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.mls`,
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

  export interface GroupFrameFromFieldEvent {
    field: '$.from'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupFrameDeviceFieldEvent {
    field: '$.device'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupFrameMlsFieldEvent {
    field: '$.mls'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<GroupFrame>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupFrame.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupFrame>): GroupFrame {
    return decodeMessage(buf, GroupFrame.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupFrame>): Generator<GroupFrameFromFieldEvent | GroupFrameDeviceFieldEvent | GroupFrameMlsFieldEvent> {
    return streamMessage(buf, GroupFrame.codec(), opts)
  }
}

export interface ChatBody {
  id: Uint8Array<ArrayBuffer>
  sentAt: bigint
  stamp: bigint
  parents: Uint8Array<ArrayBuffer>[]
  introduction?: Introduction
  fallback: string
  text?: Text
  reaction?: Reaction
  edit?: Edit
  delete?: Delete
  timer?: Timer
  custom?: Custom
  read?: Marks
  repair?: Marks
  sync?: Sync
}

export namespace ChatBody {
  let _codec: Codec<ChatBody>

  export const codec = (): Codec<ChatBody> => {
    if (_codec == null) {
      _codec = message<ChatBody>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.sync != null) {
          obj.repair = undefined
          obj.read = undefined
          obj.custom = undefined
          obj.timer = undefined
          obj.delete = undefined
          obj.edit = undefined
          obj.reaction = undefined
          obj.text = undefined
        }

        if (obj.repair != null) {
          obj.sync = undefined
          obj.read = undefined
          obj.custom = undefined
          obj.timer = undefined
          obj.delete = undefined
          obj.edit = undefined
          obj.reaction = undefined
          obj.text = undefined
        }

        if (obj.read != null) {
          obj.sync = undefined
          obj.repair = undefined
          obj.custom = undefined
          obj.timer = undefined
          obj.delete = undefined
          obj.edit = undefined
          obj.reaction = undefined
          obj.text = undefined
        }

        if (obj.custom != null) {
          obj.sync = undefined
          obj.repair = undefined
          obj.read = undefined
          obj.timer = undefined
          obj.delete = undefined
          obj.edit = undefined
          obj.reaction = undefined
          obj.text = undefined
        }

        if (obj.timer != null) {
          obj.sync = undefined
          obj.repair = undefined
          obj.read = undefined
          obj.custom = undefined
          obj.delete = undefined
          obj.edit = undefined
          obj.reaction = undefined
          obj.text = undefined
        }

        if (obj.delete != null) {
          obj.sync = undefined
          obj.repair = undefined
          obj.read = undefined
          obj.custom = undefined
          obj.timer = undefined
          obj.edit = undefined
          obj.reaction = undefined
          obj.text = undefined
        }

        if (obj.edit != null) {
          obj.sync = undefined
          obj.repair = undefined
          obj.read = undefined
          obj.custom = undefined
          obj.timer = undefined
          obj.delete = undefined
          obj.reaction = undefined
          obj.text = undefined
        }

        if (obj.reaction != null) {
          obj.sync = undefined
          obj.repair = undefined
          obj.read = undefined
          obj.custom = undefined
          obj.timer = undefined
          obj.delete = undefined
          obj.edit = undefined
          obj.text = undefined
        }

        if (obj.text != null) {
          obj.sync = undefined
          obj.repair = undefined
          obj.read = undefined
          obj.custom = undefined
          obj.timer = undefined
          obj.delete = undefined
          obj.edit = undefined
          obj.reaction = undefined
        }

        if ((obj.id != null && obj.id.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.id)
        }

        if ((obj.sentAt != null && obj.sentAt !== 0n)) {
          w.uint32(16)
          w.uint64(obj.sentAt)
        }

        if ((obj.stamp != null && obj.stamp !== 0n)) {
          w.uint32(24)
          w.uint64(obj.stamp)
        }

        if (obj.parents != null && obj.parents.length > 0) {
          for (const value of obj.parents) {
            w.uint32(34)
            w.bytes(value)
          }
        }

        if (obj.introduction != null) {
          w.uint32(42)
          Introduction.codec().encode(obj.introduction, w)
        }

        if ((obj.fallback != null && obj.fallback !== '')) {
          w.uint32(50)
          w.string(obj.fallback)
        }

        if (obj.text != null) {
          w.uint32(58)
          Text.codec().encode(obj.text, w)
        }

        if (obj.reaction != null) {
          w.uint32(66)
          Reaction.codec().encode(obj.reaction, w)
        }

        if (obj.edit != null) {
          w.uint32(74)
          Edit.codec().encode(obj.edit, w)
        }

        if (obj.delete != null) {
          w.uint32(82)
          Delete.codec().encode(obj.delete, w)
        }

        if (obj.timer != null) {
          w.uint32(90)
          Timer.codec().encode(obj.timer, w)
        }

        if (obj.custom != null) {
          w.uint32(98)
          Custom.codec().encode(obj.custom, w)
        }

        if (obj.read != null) {
          w.uint32(106)
          Marks.codec().encode(obj.read, w)
        }

        if (obj.repair != null) {
          w.uint32(114)
          Marks.codec().encode(obj.repair, w)
        }

        if (obj.sync != null) {
          w.uint32(122)
          Sync.codec().encode(obj.sync, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          id: uint8ArrayAlloc(0),
          sentAt: 0n,
          stamp: 0n,
          parents: [],
          fallback: ''
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
              obj.sentAt = reader.uint64()
              break
            }
            case 3: {
              obj.stamp = reader.uint64()
              break
            }
            case 4: {
              if (opts.limits?.parents != null && obj.parents.length === opts.limits.parents) {
                throw new MaxLengthError('Decode error - repeated field "parents" had too many elements')
              }

              obj.parents.push(reader.bytes())
              break
            }
            case 5: {
              obj.introduction = Introduction.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.introduction
              })
              break
            }
            case 6: {
              obj.fallback = reader.string()
              break
            }
            case 7: {
              obj.text = Text.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.text
              })
              break
            }
            case 8: {
              obj.reaction = Reaction.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.reaction
              })
              break
            }
            case 9: {
              obj.edit = Edit.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.edit
              })
              break
            }
            case 10: {
              obj.delete = Delete.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.delete
              })
              break
            }
            case 11: {
              obj.timer = Timer.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.timer
              })
              break
            }
            case 12: {
              obj.custom = Custom.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.custom
              })
              break
            }
            case 13: {
              obj.read = Marks.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.read
              })
              break
            }
            case 14: {
              obj.repair = Marks.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.repair
              })
              break
            }
            case 15: {
              obj.sync = Sync.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.sync
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.sync != null) {
          delete obj.repair
          delete obj.read
          delete obj.custom
          delete obj.timer
          delete obj.delete
          delete obj.edit
          delete obj.reaction
          delete obj.text
        }

        if (obj.repair != null) {
          delete obj.sync
          delete obj.read
          delete obj.custom
          delete obj.timer
          delete obj.delete
          delete obj.edit
          delete obj.reaction
          delete obj.text
        }

        if (obj.read != null) {
          delete obj.sync
          delete obj.repair
          delete obj.custom
          delete obj.timer
          delete obj.delete
          delete obj.edit
          delete obj.reaction
          delete obj.text
        }

        if (obj.custom != null) {
          delete obj.sync
          delete obj.repair
          delete obj.read
          delete obj.timer
          delete obj.delete
          delete obj.edit
          delete obj.reaction
          delete obj.text
        }

        if (obj.timer != null) {
          delete obj.sync
          delete obj.repair
          delete obj.read
          delete obj.custom
          delete obj.delete
          delete obj.edit
          delete obj.reaction
          delete obj.text
        }

        if (obj.delete != null) {
          delete obj.sync
          delete obj.repair
          delete obj.read
          delete obj.custom
          delete obj.timer
          delete obj.edit
          delete obj.reaction
          delete obj.text
        }

        if (obj.edit != null) {
          delete obj.sync
          delete obj.repair
          delete obj.read
          delete obj.custom
          delete obj.timer
          delete obj.delete
          delete obj.reaction
          delete obj.text
        }

        if (obj.reaction != null) {
          delete obj.sync
          delete obj.repair
          delete obj.read
          delete obj.custom
          delete obj.timer
          delete obj.delete
          delete obj.edit
          delete obj.text
        }

        if (obj.text != null) {
          delete obj.sync
          delete obj.repair
          delete obj.read
          delete obj.custom
          delete obj.timer
          delete obj.delete
          delete obj.edit
          delete obj.reaction
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
                field: `${prefix}.sentAt`,
                value: reader.uint64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.stamp`,
                value: reader.uint64()
              }
              break
            }
            case 4: {
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
            case 5: {
              yield * Introduction.codec().stream(reader, reader.uint32(), `${prefix}.introduction`, {
                limits: opts.limits?.introduction
              })

              break
            }
            case 6: {
              yield {
                field: `${prefix}.fallback`,
                value: reader.string()
              }
              break
            }
            case 7: {
              yield * Text.codec().stream(reader, reader.uint32(), `${prefix}.text`, {
                limits: opts.limits?.text
              })

              break
            }
            case 8: {
              yield * Reaction.codec().stream(reader, reader.uint32(), `${prefix}.reaction`, {
                limits: opts.limits?.reaction
              })

              break
            }
            case 9: {
              yield * Edit.codec().stream(reader, reader.uint32(), `${prefix}.edit`, {
                limits: opts.limits?.edit
              })

              break
            }
            case 10: {
              yield * Delete.codec().stream(reader, reader.uint32(), `${prefix}.delete`, {
                limits: opts.limits?.delete
              })

              break
            }
            case 11: {
              yield * Timer.codec().stream(reader, reader.uint32(), `${prefix}.timer`, {
                limits: opts.limits?.timer
              })

              break
            }
            case 12: {
              yield * Custom.codec().stream(reader, reader.uint32(), `${prefix}.custom`, {
                limits: opts.limits?.custom
              })

              break
            }
            case 13: {
              yield * Marks.codec().stream(reader, reader.uint32(), `${prefix}.read`, {
                limits: opts.limits?.read
              })

              break
            }
            case 14: {
              yield * Marks.codec().stream(reader, reader.uint32(), `${prefix}.repair`, {
                limits: opts.limits?.repair
              })

              break
            }
            case 15: {
              yield * Sync.codec().stream(reader, reader.uint32(), `${prefix}.sync`, {
                limits: opts.limits?.sync
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

  export interface ChatBodyIdFieldEvent {
    field: '$.id'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ChatBodySentAtFieldEvent {
    field: '$.sentAt'
    value: bigint
  }

  export interface ChatBodyStampFieldEvent {
    field: '$.stamp'
    value: bigint
  }

  export interface ChatBodyParentsFieldEvent {
    field: '$.parents[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface ChatBodyIntroductionRecordFieldEvent {
    field: '$.introduction.record'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ChatBodyIntroductionProfileFieldEvent {
    field: '$.introduction.profile'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ChatBodyIntroductionPresenceKeyFieldEvent {
    field: '$.introduction.presenceKey'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ChatBodyFallbackFieldEvent {
    field: '$.fallback'
    value: string
  }

  export interface ChatBodyTextTextFieldEvent {
    field: '$.text.text'
    value: string
  }

  export interface ChatBodyTextMentionsFieldEvent {
    field: '$.text.mentions[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface ChatBodyTextReplyToFieldEvent {
    field: '$.text.replyTo'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ChatBodyTextExpiresAfterSecondsFieldEvent {
    field: '$.text.expiresAfterSeconds'
    value: number
  }

  export interface ChatBodyReactionTargetFieldEvent {
    field: '$.reaction.target'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ChatBodyReactionEmojiFieldEvent {
    field: '$.reaction.emoji'
    value: string
  }

  export interface ChatBodyReactionIsRemovedFieldEvent {
    field: '$.reaction.isRemoved'
    value: boolean
  }

  export interface ChatBodyEditTargetFieldEvent {
    field: '$.edit.target'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ChatBodyEditTextFieldEvent {
    field: '$.edit.text'
    value: string
  }

  export interface ChatBodyEditMentionsFieldEvent {
    field: '$.edit.mentions[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface ChatBodyDeleteTargetFieldEvent {
    field: '$.delete.target'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ChatBodyTimerSecondsFieldEvent {
    field: '$.timer.seconds'
    value: number
  }

  export interface ChatBodyCustomKindFieldEvent {
    field: '$.custom.kind'
    value: string
  }

  export interface ChatBodyCustomBodyFieldEvent {
    field: '$.custom.body'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ChatBodyReadIdsFieldEvent {
    field: '$.read.ids[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface ChatBodyRepairIdsFieldEvent {
    field: '$.repair.ids[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface ChatBodySyncBodyFieldEvent {
    field: '$.sync.body'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<ChatBody>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ChatBody.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ChatBody>): ChatBody {
    return decodeMessage(buf, ChatBody.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ChatBody>): Generator<ChatBodyIdFieldEvent | ChatBodySentAtFieldEvent | ChatBodyStampFieldEvent | ChatBodyParentsFieldEvent | ChatBodyIntroductionRecordFieldEvent | ChatBodyIntroductionProfileFieldEvent | ChatBodyIntroductionPresenceKeyFieldEvent | ChatBodyFallbackFieldEvent | ChatBodyTextTextFieldEvent | ChatBodyTextMentionsFieldEvent | ChatBodyTextReplyToFieldEvent | ChatBodyTextExpiresAfterSecondsFieldEvent | ChatBodyReactionTargetFieldEvent | ChatBodyReactionEmojiFieldEvent | ChatBodyReactionIsRemovedFieldEvent | ChatBodyEditTargetFieldEvent | ChatBodyEditTextFieldEvent | ChatBodyEditMentionsFieldEvent | ChatBodyDeleteTargetFieldEvent | ChatBodyTimerSecondsFieldEvent | ChatBodyCustomKindFieldEvent | ChatBodyCustomBodyFieldEvent | ChatBodyReadIdsFieldEvent | ChatBodyRepairIdsFieldEvent | ChatBodySyncBodyFieldEvent> {
    return streamMessage(buf, ChatBody.codec(), opts)
  }
}

export interface Reaction {
  target: Uint8Array<ArrayBuffer>
  emoji: string
  isRemoved: boolean
}

export namespace Reaction {
  let _codec: Codec<Reaction>

  export const codec = (): Codec<Reaction> => {
    if (_codec == null) {
      _codec = message<Reaction>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.target != null && obj.target.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.target)
        }

        if ((obj.emoji != null && obj.emoji !== '')) {
          w.uint32(18)
          w.string(obj.emoji)
        }

        if ((obj.isRemoved != null && obj.isRemoved !== false)) {
          w.uint32(24)
          w.bool(obj.isRemoved)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          target: uint8ArrayAlloc(0),
          emoji: '',
          isRemoved: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.target = reader.bytes()
              break
            }
            case 2: {
              obj.emoji = reader.string()
              break
            }
            case 3: {
              obj.isRemoved = reader.bool()
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
                field: `${prefix}.target`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.emoji`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.isRemoved`,
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

  export interface ReactionTargetFieldEvent {
    field: '$.target'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReactionEmojiFieldEvent {
    field: '$.emoji'
    value: string
  }

  export interface ReactionIsRemovedFieldEvent {
    field: '$.isRemoved'
    value: boolean
  }

  export function encode (obj: Partial<Reaction>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Reaction.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Reaction>): Reaction {
    return decodeMessage(buf, Reaction.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Reaction>): Generator<ReactionTargetFieldEvent | ReactionEmojiFieldEvent | ReactionIsRemovedFieldEvent> {
    return streamMessage(buf, Reaction.codec(), opts)
  }
}

export interface Edit {
  target: Uint8Array<ArrayBuffer>
  text: string
  mentions: Uint8Array<ArrayBuffer>[]
}

export namespace Edit {
  let _codec: Codec<Edit>

  export const codec = (): Codec<Edit> => {
    if (_codec == null) {
      _codec = message<Edit>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.target != null && obj.target.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.target)
        }

        if ((obj.text != null && obj.text !== '')) {
          w.uint32(18)
          w.string(obj.text)
        }

        if (obj.mentions != null && obj.mentions.length > 0) {
          for (const value of obj.mentions) {
            w.uint32(26)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          target: uint8ArrayAlloc(0),
          text: '',
          mentions: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.target = reader.bytes()
              break
            }
            case 2: {
              obj.text = reader.string()
              break
            }
            case 3: {
              if (opts.limits?.mentions != null && obj.mentions.length === opts.limits.mentions) {
                throw new MaxLengthError('Decode error - repeated field "mentions" had too many elements')
              }

              obj.mentions.push(reader.bytes())
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
          mentions: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.target`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.text`,
                value: reader.string()
              }
              break
            }
            case 3: {
              if (opts.limits?.mentions != null && obj.mentions === opts.limits.mentions) {
                throw new MaxLengthError('Streaming decode error - repeated field "mentions" had too many elements')
              }

              yield {
                field: `${prefix}.mentions[]`,
                index: obj.mentions,
                value: reader.bytes()
              }

              obj.mentions++

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

  export interface EditTargetFieldEvent {
    field: '$.target'
    value: Uint8Array<ArrayBuffer>
  }

  export interface EditTextFieldEvent {
    field: '$.text'
    value: string
  }

  export interface EditMentionsFieldEvent {
    field: '$.mentions[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Edit>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Edit.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Edit>): Edit {
    return decodeMessage(buf, Edit.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Edit>): Generator<EditTargetFieldEvent | EditTextFieldEvent | EditMentionsFieldEvent> {
    return streamMessage(buf, Edit.codec(), opts)
  }
}

export interface Delete {
  target: Uint8Array<ArrayBuffer>
}

export namespace Delete {
  let _codec: Codec<Delete>

  export const codec = (): Codec<Delete> => {
    if (_codec == null) {
      _codec = message<Delete>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.target != null && obj.target.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.target)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          target: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.target = reader.bytes()
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
                field: `${prefix}.target`,
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

  export interface DeleteTargetFieldEvent {
    field: '$.target'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Delete>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Delete.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Delete>): Delete {
    return decodeMessage(buf, Delete.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Delete>): Generator<DeleteTargetFieldEvent> {
    return streamMessage(buf, Delete.codec(), opts)
  }
}

export interface Timer {
  seconds: number
}

export namespace Timer {
  let _codec: Codec<Timer>

  export const codec = (): Codec<Timer> => {
    if (_codec == null) {
      _codec = message<Timer>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.seconds != null && obj.seconds !== 0)) {
          w.uint32(8)
          w.uint32(obj.seconds)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          seconds: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.seconds = reader.uint32()
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
                field: `${prefix}.seconds`,
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

  export interface TimerSecondsFieldEvent {
    field: '$.seconds'
    value: number
  }

  export function encode (obj: Partial<Timer>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Timer.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Timer>): Timer {
    return decodeMessage(buf, Timer.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Timer>): Generator<TimerSecondsFieldEvent> {
    return streamMessage(buf, Timer.codec(), opts)
  }
}

export interface Custom {
  kind: string
  body: Uint8Array<ArrayBuffer>
}

export namespace Custom {
  let _codec: Codec<Custom>

  export const codec = (): Codec<Custom> => {
    if (_codec == null) {
      _codec = message<Custom>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.kind != null && obj.kind !== '')) {
          w.uint32(10)
          w.string(obj.kind)
        }

        if ((obj.body != null && obj.body.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.body)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          kind: '',
          body: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.kind = reader.string()
              break
            }
            case 2: {
              obj.body = reader.bytes()
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
                field: `${prefix}.kind`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.body`,
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

  export interface CustomKindFieldEvent {
    field: '$.kind'
    value: string
  }

  export interface CustomBodyFieldEvent {
    field: '$.body'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Custom>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Custom.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Custom>): Custom {
    return decodeMessage(buf, Custom.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Custom>): Generator<CustomKindFieldEvent | CustomBodyFieldEvent> {
    return streamMessage(buf, Custom.codec(), opts)
  }
}

export interface Sync {
  body: Uint8Array<ArrayBuffer>
}

export namespace Sync {
  let _codec: Codec<Sync>

  export const codec = (): Codec<Sync> => {
    if (_codec == null) {
      _codec = message<Sync>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.body != null && obj.body.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.body)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          body: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.body = reader.bytes()
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
                field: `${prefix}.body`,
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

  export interface SyncBodyFieldEvent {
    field: '$.body'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Sync>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Sync.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Sync>): Sync {
    return decodeMessage(buf, Sync.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Sync>): Generator<SyncBodyFieldEvent> {
    return streamMessage(buf, Sync.codec(), opts)
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
  mentions: Uint8Array<ArrayBuffer>[]
  replyTo: Uint8Array<ArrayBuffer>
  expiresAfterSeconds: number
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

        if (obj.mentions != null && obj.mentions.length > 0) {
          for (const value of obj.mentions) {
            w.uint32(18)
            w.bytes(value)
          }
        }

        if ((obj.replyTo != null && obj.replyTo.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.replyTo)
        }

        if ((obj.expiresAfterSeconds != null && obj.expiresAfterSeconds !== 0)) {
          w.uint32(32)
          w.uint32(obj.expiresAfterSeconds)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          text: '',
          mentions: [],
          replyTo: uint8ArrayAlloc(0),
          expiresAfterSeconds: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.text = reader.string()
              break
            }
            case 2: {
              if (opts.limits?.mentions != null && obj.mentions.length === opts.limits.mentions) {
                throw new MaxLengthError('Decode error - repeated field "mentions" had too many elements')
              }

              obj.mentions.push(reader.bytes())
              break
            }
            case 3: {
              obj.replyTo = reader.bytes()
              break
            }
            case 4: {
              obj.expiresAfterSeconds = reader.uint32()
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
          mentions: 0
        }

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
            case 2: {
              if (opts.limits?.mentions != null && obj.mentions === opts.limits.mentions) {
                throw new MaxLengthError('Streaming decode error - repeated field "mentions" had too many elements')
              }

              yield {
                field: `${prefix}.mentions[]`,
                index: obj.mentions,
                value: reader.bytes()
              }

              obj.mentions++

              break
            }
            case 3: {
              yield {
                field: `${prefix}.replyTo`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.expiresAfterSeconds`,
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

  export interface TextTextFieldEvent {
    field: '$.text'
    value: string
  }

  export interface TextMentionsFieldEvent {
    field: '$.mentions[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface TextReplyToFieldEvent {
    field: '$.replyTo'
    value: Uint8Array<ArrayBuffer>
  }

  export interface TextExpiresAfterSecondsFieldEvent {
    field: '$.expiresAfterSeconds'
    value: number
  }

  export function encode (obj: Partial<Text>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Text.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Text>): Text {
    return decodeMessage(buf, Text.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Text>): Generator<TextTextFieldEvent | TextMentionsFieldEvent | TextReplyToFieldEvent | TextExpiresAfterSecondsFieldEvent> {
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
