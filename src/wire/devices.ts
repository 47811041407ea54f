import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface DeviceRequest {
  request: Uint8Array<ArrayBuffer>
  proof: Uint8Array<ArrayBuffer>
}

export namespace DeviceRequest {
  let _codec: Codec<DeviceRequest>

  export const codec = (): Codec<DeviceRequest> => {
    if (_codec == null) {
      _codec = message<DeviceRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.request != null && obj.request.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.request)
        }

        if ((obj.proof != null && obj.proof.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.proof)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          request: uint8ArrayAlloc(0),
          proof: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.request = reader.bytes()
              break
            }
            case 2: {
              obj.proof = reader.bytes()
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
                field: `${prefix}.request`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.proof`,
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

  export interface DeviceRequestRequestFieldEvent {
    field: '$.request'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DeviceRequestProofFieldEvent {
    field: '$.proof'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<DeviceRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, DeviceRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeviceRequest>): DeviceRequest {
    return decodeMessage(buf, DeviceRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeviceRequest>): Generator<DeviceRequestRequestFieldEvent | DeviceRequestProofFieldEvent> {
    return streamMessage(buf, DeviceRequest.codec(), opts)
  }
}

export interface DeviceRequestBody {
  root: Uint8Array<ArrayBuffer>
  device: Uint8Array<ArrayBuffer>
  sealingKey: Uint8Array<ArrayBuffer>
  time: bigint
}

export namespace DeviceRequestBody {
  let _codec: Codec<DeviceRequestBody>

  export const codec = (): Codec<DeviceRequestBody> => {
    if (_codec == null) {
      _codec = message<DeviceRequestBody>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.root != null && obj.root.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.root)
        }

        if ((obj.device != null && obj.device.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.device)
        }

        if ((obj.sealingKey != null && obj.sealingKey.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.sealingKey)
        }

        if ((obj.time != null && obj.time !== 0n)) {
          w.uint32(32)
          w.uint64(obj.time)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          root: uint8ArrayAlloc(0),
          device: uint8ArrayAlloc(0),
          sealingKey: uint8ArrayAlloc(0),
          time: 0n
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
              obj.device = reader.bytes()
              break
            }
            case 3: {
              obj.sealingKey = reader.bytes()
              break
            }
            case 4: {
              obj.time = reader.uint64()
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
                field: `${prefix}.device`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.sealingKey`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.time`,
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

  export interface DeviceRequestBodyRootFieldEvent {
    field: '$.root'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DeviceRequestBodyDeviceFieldEvent {
    field: '$.device'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DeviceRequestBodySealingKeyFieldEvent {
    field: '$.sealingKey'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DeviceRequestBodyTimeFieldEvent {
    field: '$.time'
    value: bigint
  }

  export function encode (obj: Partial<DeviceRequestBody>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, DeviceRequestBody.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeviceRequestBody>): DeviceRequestBody {
    return decodeMessage(buf, DeviceRequestBody.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeviceRequestBody>): Generator<DeviceRequestBodyRootFieldEvent | DeviceRequestBodyDeviceFieldEvent | DeviceRequestBodySealingKeyFieldEvent | DeviceRequestBodyTimeFieldEvent> {
    return streamMessage(buf, DeviceRequestBody.codec(), opts)
  }
}

export interface DeviceGrant {
  grant: Uint8Array<ArrayBuffer>
  proof: Uint8Array<ArrayBuffer>
}

export namespace DeviceGrant {
  let _codec: Codec<DeviceGrant>

  export const codec = (): Codec<DeviceGrant> => {
    if (_codec == null) {
      _codec = message<DeviceGrant>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.grant != null && obj.grant.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.grant)
        }

        if ((obj.proof != null && obj.proof.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.proof)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          grant: uint8ArrayAlloc(0),
          proof: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.grant = reader.bytes()
              break
            }
            case 2: {
              obj.proof = reader.bytes()
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
                field: `${prefix}.grant`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.proof`,
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

  export interface DeviceGrantGrantFieldEvent {
    field: '$.grant'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DeviceGrantProofFieldEvent {
    field: '$.proof'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<DeviceGrant>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, DeviceGrant.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeviceGrant>): DeviceGrant {
    return decodeMessage(buf, DeviceGrant.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeviceGrant>): Generator<DeviceGrantGrantFieldEvent | DeviceGrantProofFieldEvent> {
    return streamMessage(buf, DeviceGrant.codec(), opts)
  }
}

export interface DeviceGrantBody {
  root: Uint8Array<ArrayBuffer>
  epoch: number
  device: Uint8Array<ArrayBuffer>
  time: bigint
  profile: Uint8Array<ArrayBuffer>
  record: Uint8Array<ArrayBuffer>
  sealingKeys: SealingSecret[]
  presenceKey: Uint8Array<ArrayBuffer>
  backupKey: Uint8Array<ArrayBuffer>
  deviceKeys: DeviceKey[]
}

export namespace DeviceGrantBody {
  let _codec: Codec<DeviceGrantBody>

  export const codec = (): Codec<DeviceGrantBody> => {
    if (_codec == null) {
      _codec = message<DeviceGrantBody>((obj, w, opts = {}) => {
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

        if ((obj.device != null && obj.device.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.device)
        }

        if ((obj.time != null && obj.time !== 0n)) {
          w.uint32(32)
          w.uint64(obj.time)
        }

        if ((obj.profile != null && obj.profile.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.profile)
        }

        if ((obj.record != null && obj.record.byteLength > 0)) {
          w.uint32(50)
          w.bytes(obj.record)
        }

        if (obj.sealingKeys != null && obj.sealingKeys.length > 0) {
          for (const value of obj.sealingKeys) {
            w.uint32(58)
            SealingSecret.codec().encode(value, w)
          }
        }

        if ((obj.presenceKey != null && obj.presenceKey.byteLength > 0)) {
          w.uint32(66)
          w.bytes(obj.presenceKey)
        }

        if ((obj.backupKey != null && obj.backupKey.byteLength > 0)) {
          w.uint32(74)
          w.bytes(obj.backupKey)
        }

        if (obj.deviceKeys != null && obj.deviceKeys.length > 0) {
          for (const value of obj.deviceKeys) {
            w.uint32(82)
            DeviceKey.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          root: uint8ArrayAlloc(0),
          epoch: 0,
          device: uint8ArrayAlloc(0),
          time: 0n,
          profile: uint8ArrayAlloc(0),
          record: uint8ArrayAlloc(0),
          sealingKeys: [],
          presenceKey: uint8ArrayAlloc(0),
          backupKey: uint8ArrayAlloc(0),
          deviceKeys: []
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
              obj.device = reader.bytes()
              break
            }
            case 4: {
              obj.time = reader.uint64()
              break
            }
            case 5: {
              obj.profile = reader.bytes()
              break
            }
            case 6: {
              obj.record = reader.bytes()
              break
            }
            case 7: {
              if (opts.limits?.sealingKeys != null && obj.sealingKeys.length === opts.limits.sealingKeys) {
                throw new MaxLengthError('Decode error - repeated field "sealingKeys" had too many elements')
              }

              obj.sealingKeys.push(SealingSecret.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.sealingKeys$
              }))
              break
            }
            case 8: {
              obj.presenceKey = reader.bytes()
              break
            }
            case 9: {
              obj.backupKey = reader.bytes()
              break
            }
            case 10: {
              if (opts.limits?.deviceKeys != null && obj.deviceKeys.length === opts.limits.deviceKeys) {
                throw new MaxLengthError('Decode error - repeated field "deviceKeys" had too many elements')
              }

              obj.deviceKeys.push(DeviceKey.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.deviceKeys$
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
          sealingKeys: 0,
          deviceKeys: 0
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
                field: `${prefix}.device`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.time`,
                value: reader.uint64()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.profile`,
                value: reader.bytes()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.record`,
                value: reader.bytes()
              }
              break
            }
            case 7: {
              if (opts.limits?.sealingKeys != null && obj.sealingKeys === opts.limits.sealingKeys) {
                throw new MaxLengthError('Streaming decode error - repeated field "sealingKeys" had too many elements')
              }

              for (const evt of SealingSecret.codec().stream(reader, reader.uint32(), `${prefix}.sealingKeys[]`, {
                limits: opts.limits?.sealingKeys$
              })) {
                yield {
                  ...evt,
                  index: obj.sealingKeys
                }
              }

              obj.sealingKeys++

              break
            }
            case 8: {
              yield {
                field: `${prefix}.presenceKey`,
                value: reader.bytes()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.backupKey`,
                value: reader.bytes()
              }
              break
            }
            case 10: {
              if (opts.limits?.deviceKeys != null && obj.deviceKeys === opts.limits.deviceKeys) {
                throw new MaxLengthError('Streaming decode error - repeated field "deviceKeys" had too many elements')
              }

              for (const evt of DeviceKey.codec().stream(reader, reader.uint32(), `${prefix}.deviceKeys[]`, {
                limits: opts.limits?.deviceKeys$
              })) {
                yield {
                  ...evt,
                  index: obj.deviceKeys
                }
              }

              obj.deviceKeys++

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

  export interface DeviceGrantBodyRootFieldEvent {
    field: '$.root'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DeviceGrantBodyEpochFieldEvent {
    field: '$.epoch'
    value: number
  }

  export interface DeviceGrantBodyDeviceFieldEvent {
    field: '$.device'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DeviceGrantBodyTimeFieldEvent {
    field: '$.time'
    value: bigint
  }

  export interface DeviceGrantBodyProfileFieldEvent {
    field: '$.profile'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DeviceGrantBodyRecordFieldEvent {
    field: '$.record'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DeviceGrantBodySealingKeysSuiteFieldEvent {
    field: '$.sealingKeys[].suite'
    value: number
    index: number
  }

  export interface DeviceGrantBodySealingKeysKeyEpochFieldEvent {
    field: '$.sealingKeys[].keyEpoch'
    value: number
    index: number
  }

  export interface DeviceGrantBodySealingKeysPublicKeyFieldEvent {
    field: '$.sealingKeys[].publicKey'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface DeviceGrantBodySealingKeysNotAfterFieldEvent {
    field: '$.sealingKeys[].notAfter'
    value: number
    index: number
  }

  export interface DeviceGrantBodySealingKeysPrivateKeyFieldEvent {
    field: '$.sealingKeys[].privateKey'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface DeviceGrantBodyPresenceKeyFieldEvent {
    field: '$.presenceKey'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DeviceGrantBodyBackupKeyFieldEvent {
    field: '$.backupKey'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DeviceGrantBodyDeviceKeysDeviceFieldEvent {
    field: '$.deviceKeys[].device'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface DeviceGrantBodyDeviceKeysSealingKeyFieldEvent {
    field: '$.deviceKeys[].sealingKey'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export function encode (obj: Partial<DeviceGrantBody>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, DeviceGrantBody.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeviceGrantBody>): DeviceGrantBody {
    return decodeMessage(buf, DeviceGrantBody.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeviceGrantBody>): Generator<DeviceGrantBodyRootFieldEvent | DeviceGrantBodyEpochFieldEvent | DeviceGrantBodyDeviceFieldEvent | DeviceGrantBodyTimeFieldEvent | DeviceGrantBodyProfileFieldEvent | DeviceGrantBodyRecordFieldEvent | DeviceGrantBodySealingKeysSuiteFieldEvent | DeviceGrantBodySealingKeysKeyEpochFieldEvent | DeviceGrantBodySealingKeysPublicKeyFieldEvent | DeviceGrantBodySealingKeysNotAfterFieldEvent | DeviceGrantBodySealingKeysPrivateKeyFieldEvent | DeviceGrantBodyPresenceKeyFieldEvent | DeviceGrantBodyBackupKeyFieldEvent | DeviceGrantBodyDeviceKeysDeviceFieldEvent | DeviceGrantBodyDeviceKeysSealingKeyFieldEvent> {
    return streamMessage(buf, DeviceGrantBody.codec(), opts)
  }
}

export interface SealingSecret {
  suite: number
  keyEpoch: number
  publicKey: Uint8Array<ArrayBuffer>
  notAfter: number
  privateKey: Uint8Array<ArrayBuffer>
}

export namespace SealingSecret {
  let _codec: Codec<SealingSecret>

  export const codec = (): Codec<SealingSecret> => {
    if (_codec == null) {
      _codec = message<SealingSecret>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.suite != null && obj.suite !== 0)) {
          w.uint32(8)
          w.uint32(obj.suite)
        }

        if ((obj.keyEpoch != null && obj.keyEpoch !== 0)) {
          w.uint32(16)
          w.uint32(obj.keyEpoch)
        }

        if ((obj.publicKey != null && obj.publicKey.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.publicKey)
        }

        if ((obj.notAfter != null && obj.notAfter !== 0)) {
          w.uint32(32)
          w.uint32(obj.notAfter)
        }

        if ((obj.privateKey != null && obj.privateKey.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.privateKey)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          suite: 0,
          keyEpoch: 0,
          publicKey: uint8ArrayAlloc(0),
          notAfter: 0,
          privateKey: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.suite = reader.uint32()
              break
            }
            case 2: {
              obj.keyEpoch = reader.uint32()
              break
            }
            case 3: {
              obj.publicKey = reader.bytes()
              break
            }
            case 4: {
              obj.notAfter = reader.uint32()
              break
            }
            case 5: {
              obj.privateKey = reader.bytes()
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
                field: `${prefix}.suite`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.keyEpoch`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.publicKey`,
                value: reader.bytes()
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
                field: `${prefix}.privateKey`,
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

  export interface SealingSecretSuiteFieldEvent {
    field: '$.suite'
    value: number
  }

  export interface SealingSecretKeyEpochFieldEvent {
    field: '$.keyEpoch'
    value: number
  }

  export interface SealingSecretPublicKeyFieldEvent {
    field: '$.publicKey'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SealingSecretNotAfterFieldEvent {
    field: '$.notAfter'
    value: number
  }

  export interface SealingSecretPrivateKeyFieldEvent {
    field: '$.privateKey'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<SealingSecret>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SealingSecret.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SealingSecret>): SealingSecret {
    return decodeMessage(buf, SealingSecret.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SealingSecret>): Generator<SealingSecretSuiteFieldEvent | SealingSecretKeyEpochFieldEvent | SealingSecretPublicKeyFieldEvent | SealingSecretNotAfterFieldEvent | SealingSecretPrivateKeyFieldEvent> {
    return streamMessage(buf, SealingSecret.codec(), opts)
  }
}

export interface DeviceKey {
  device: Uint8Array<ArrayBuffer>
  sealingKey: Uint8Array<ArrayBuffer>
}

export namespace DeviceKey {
  let _codec: Codec<DeviceKey>

  export const codec = (): Codec<DeviceKey> => {
    if (_codec == null) {
      _codec = message<DeviceKey>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.device != null && obj.device.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.device)
        }

        if ((obj.sealingKey != null && obj.sealingKey.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.sealingKey)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          device: uint8ArrayAlloc(0),
          sealingKey: uint8ArrayAlloc(0)
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
              obj.sealingKey = reader.bytes()
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
                field: `${prefix}.sealingKey`,
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

  export interface DeviceKeyDeviceFieldEvent {
    field: '$.device'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DeviceKeySealingKeyFieldEvent {
    field: '$.sealingKey'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<DeviceKey>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, DeviceKey.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeviceKey>): DeviceKey {
    return decodeMessage(buf, DeviceKey.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeviceKey>): Generator<DeviceKeyDeviceFieldEvent | DeviceKeySealingKeyFieldEvent> {
    return streamMessage(buf, DeviceKey.codec(), opts)
  }
}

export interface BackupBody {
  root: Uint8Array<ArrayBuffer>
  epoch: number
  time: bigint
  contacts: KnownContact[]
  conversations: KnownConversation[]
}

export namespace BackupBody {
  let _codec: Codec<BackupBody>

  export const codec = (): Codec<BackupBody> => {
    if (_codec == null) {
      _codec = message<BackupBody>((obj, w, opts = {}) => {
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

        if ((obj.time != null && obj.time !== 0n)) {
          w.uint32(24)
          w.uint64(obj.time)
        }

        if (obj.contacts != null && obj.contacts.length > 0) {
          for (const value of obj.contacts) {
            w.uint32(34)
            KnownContact.codec().encode(value, w)
          }
        }

        if (obj.conversations != null && obj.conversations.length > 0) {
          for (const value of obj.conversations) {
            w.uint32(42)
            KnownConversation.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          root: uint8ArrayAlloc(0),
          epoch: 0,
          time: 0n,
          contacts: [],
          conversations: []
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
              obj.time = reader.uint64()
              break
            }
            case 4: {
              if (opts.limits?.contacts != null && obj.contacts.length === opts.limits.contacts) {
                throw new MaxLengthError('Decode error - repeated field "contacts" had too many elements')
              }

              obj.contacts.push(KnownContact.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.contacts$
              }))
              break
            }
            case 5: {
              if (opts.limits?.conversations != null && obj.conversations.length === opts.limits.conversations) {
                throw new MaxLengthError('Decode error - repeated field "conversations" had too many elements')
              }

              obj.conversations.push(KnownConversation.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.conversations$
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
          contacts: 0,
          conversations: 0
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
                field: `${prefix}.time`,
                value: reader.uint64()
              }
              break
            }
            case 4: {
              if (opts.limits?.contacts != null && obj.contacts === opts.limits.contacts) {
                throw new MaxLengthError('Streaming decode error - repeated field "contacts" had too many elements')
              }

              for (const evt of KnownContact.codec().stream(reader, reader.uint32(), `${prefix}.contacts[]`, {
                limits: opts.limits?.contacts$
              })) {
                yield {
                  ...evt,
                  index: obj.contacts
                }
              }

              obj.contacts++

              break
            }
            case 5: {
              if (opts.limits?.conversations != null && obj.conversations === opts.limits.conversations) {
                throw new MaxLengthError('Streaming decode error - repeated field "conversations" had too many elements')
              }

              for (const evt of KnownConversation.codec().stream(reader, reader.uint32(), `${prefix}.conversations[]`, {
                limits: opts.limits?.conversations$
              })) {
                yield {
                  ...evt,
                  index: obj.conversations
                }
              }

              obj.conversations++

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

  export interface BackupBodyRootFieldEvent {
    field: '$.root'
    value: Uint8Array<ArrayBuffer>
  }

  export interface BackupBodyEpochFieldEvent {
    field: '$.epoch'
    value: number
  }

  export interface BackupBodyTimeFieldEvent {
    field: '$.time'
    value: bigint
  }

  export interface BackupBodyContactsRootFieldEvent {
    field: '$.contacts[].root'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface BackupBodyContactsRecordFieldEvent {
    field: '$.contacts[].record'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface BackupBodyContactsProfileFieldEvent {
    field: '$.contacts[].profile'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface BackupBodyContactsPresenceKeyFieldEvent {
    field: '$.contacts[].presenceKey'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface BackupBodyContactsUsedAtFieldEvent {
    field: '$.contacts[].usedAt'
    value: bigint
    index: number
  }

  export interface BackupBodyContactsNameFieldEvent {
    field: '$.contacts[].name'
    value: string
    index: number
  }

  export interface BackupBodyContactsNamedAtFieldEvent {
    field: '$.contacts[].namedAt'
    value: bigint
    index: number
  }

  export interface BackupBodyConversationsRootFieldEvent {
    field: '$.conversations[].root'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface BackupBodyConversationsGenerationFieldEvent {
    field: '$.conversations[].generation'
    value: number
    index: number
  }

  export function encode (obj: Partial<BackupBody>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, BackupBody.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BackupBody>): BackupBody {
    return decodeMessage(buf, BackupBody.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BackupBody>): Generator<BackupBodyRootFieldEvent | BackupBodyEpochFieldEvent | BackupBodyTimeFieldEvent | BackupBodyContactsRootFieldEvent | BackupBodyContactsRecordFieldEvent | BackupBodyContactsProfileFieldEvent | BackupBodyContactsPresenceKeyFieldEvent | BackupBodyContactsUsedAtFieldEvent | BackupBodyContactsNameFieldEvent | BackupBodyContactsNamedAtFieldEvent | BackupBodyConversationsRootFieldEvent | BackupBodyConversationsGenerationFieldEvent> {
    return streamMessage(buf, BackupBody.codec(), opts)
  }
}

export interface KnownContact {
  root: Uint8Array<ArrayBuffer>
  record: Uint8Array<ArrayBuffer>
  profile: Uint8Array<ArrayBuffer>
  presenceKey: Uint8Array<ArrayBuffer>
  usedAt: bigint
  name: string
  namedAt: bigint
}

export namespace KnownContact {
  let _codec: Codec<KnownContact>

  export const codec = (): Codec<KnownContact> => {
    if (_codec == null) {
      _codec = message<KnownContact>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.root != null && obj.root.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.root)
        }

        if ((obj.record != null && obj.record.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.record)
        }

        if ((obj.profile != null && obj.profile.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.profile)
        }

        if ((obj.presenceKey != null && obj.presenceKey.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.presenceKey)
        }

        if ((obj.usedAt != null && obj.usedAt !== 0n)) {
          w.uint32(40)
          w.uint64(obj.usedAt)
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(50)
          w.string(obj.name)
        }

        if ((obj.namedAt != null && obj.namedAt !== 0n)) {
          w.uint32(56)
          w.uint64(obj.namedAt)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          root: uint8ArrayAlloc(0),
          record: uint8ArrayAlloc(0),
          profile: uint8ArrayAlloc(0),
          presenceKey: uint8ArrayAlloc(0),
          usedAt: 0n,
          name: '',
          namedAt: 0n
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
              obj.record = reader.bytes()
              break
            }
            case 3: {
              obj.profile = reader.bytes()
              break
            }
            case 4: {
              obj.presenceKey = reader.bytes()
              break
            }
            case 5: {
              obj.usedAt = reader.uint64()
              break
            }
            case 6: {
              obj.name = reader.string()
              break
            }
            case 7: {
              obj.namedAt = reader.uint64()
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
                field: `${prefix}.record`,
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
                field: `${prefix}.presenceKey`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.usedAt`,
                value: reader.uint64()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.name`,
                value: reader.string()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.namedAt`,
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

  export interface KnownContactRootFieldEvent {
    field: '$.root'
    value: Uint8Array<ArrayBuffer>
  }

  export interface KnownContactRecordFieldEvent {
    field: '$.record'
    value: Uint8Array<ArrayBuffer>
  }

  export interface KnownContactProfileFieldEvent {
    field: '$.profile'
    value: Uint8Array<ArrayBuffer>
  }

  export interface KnownContactPresenceKeyFieldEvent {
    field: '$.presenceKey'
    value: Uint8Array<ArrayBuffer>
  }

  export interface KnownContactUsedAtFieldEvent {
    field: '$.usedAt'
    value: bigint
  }

  export interface KnownContactNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface KnownContactNamedAtFieldEvent {
    field: '$.namedAt'
    value: bigint
  }

  export function encode (obj: Partial<KnownContact>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, KnownContact.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<KnownContact>): KnownContact {
    return decodeMessage(buf, KnownContact.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<KnownContact>): Generator<KnownContactRootFieldEvent | KnownContactRecordFieldEvent | KnownContactProfileFieldEvent | KnownContactPresenceKeyFieldEvent | KnownContactUsedAtFieldEvent | KnownContactNameFieldEvent | KnownContactNamedAtFieldEvent> {
    return streamMessage(buf, KnownContact.codec(), opts)
  }
}

export interface KnownConversation {
  root: Uint8Array<ArrayBuffer>
  generation: number
}

export namespace KnownConversation {
  let _codec: Codec<KnownConversation>

  export const codec = (): Codec<KnownConversation> => {
    if (_codec == null) {
      _codec = message<KnownConversation>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.root != null && obj.root.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.root)
        }

        if ((obj.generation != null && obj.generation !== 0)) {
          w.uint32(16)
          w.uint32(obj.generation)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          root: uint8ArrayAlloc(0),
          generation: 0
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
              obj.generation = reader.uint32()
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
                field: `${prefix}.generation`,
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

  export interface KnownConversationRootFieldEvent {
    field: '$.root'
    value: Uint8Array<ArrayBuffer>
  }

  export interface KnownConversationGenerationFieldEvent {
    field: '$.generation'
    value: number
  }

  export function encode (obj: Partial<KnownConversation>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, KnownConversation.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<KnownConversation>): KnownConversation {
    return decodeMessage(buf, KnownConversation.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<KnownConversation>): Generator<KnownConversationRootFieldEvent | KnownConversationGenerationFieldEvent> {
    return streamMessage(buf, KnownConversation.codec(), opts)
  }
}

export interface SyncBody {
  contacts: KnownContact[]
  backup?: BackupMade
  want?: TransferWant
  piece?: TransferPiece
  ack?: TransferAck
  wanted?: WantedMessages
  given?: GivenMessages
}

export namespace SyncBody {
  let _codec: Codec<SyncBody>

  export const codec = (): Codec<SyncBody> => {
    if (_codec == null) {
      _codec = message<SyncBody>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.contacts != null && obj.contacts.length > 0) {
          for (const value of obj.contacts) {
            w.uint32(10)
            KnownContact.codec().encode(value, w)
          }
        }

        if (obj.backup != null) {
          w.uint32(18)
          BackupMade.codec().encode(obj.backup, w)
        }

        if (obj.want != null) {
          w.uint32(26)
          TransferWant.codec().encode(obj.want, w)
        }

        if (obj.piece != null) {
          w.uint32(34)
          TransferPiece.codec().encode(obj.piece, w)
        }

        if (obj.ack != null) {
          w.uint32(42)
          TransferAck.codec().encode(obj.ack, w)
        }

        if (obj.wanted != null) {
          w.uint32(50)
          WantedMessages.codec().encode(obj.wanted, w)
        }

        if (obj.given != null) {
          w.uint32(58)
          GivenMessages.codec().encode(obj.given, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          contacts: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.contacts != null && obj.contacts.length === opts.limits.contacts) {
                throw new MaxLengthError('Decode error - repeated field "contacts" had too many elements')
              }

              obj.contacts.push(KnownContact.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.contacts$
              }))
              break
            }
            case 2: {
              obj.backup = BackupMade.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.backup
              })
              break
            }
            case 3: {
              obj.want = TransferWant.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.want
              })
              break
            }
            case 4: {
              obj.piece = TransferPiece.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.piece
              })
              break
            }
            case 5: {
              obj.ack = TransferAck.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.ack
              })
              break
            }
            case 6: {
              obj.wanted = WantedMessages.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.wanted
              })
              break
            }
            case 7: {
              obj.given = GivenMessages.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.given
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
          contacts: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.contacts != null && obj.contacts === opts.limits.contacts) {
                throw new MaxLengthError('Streaming decode error - repeated field "contacts" had too many elements')
              }

              for (const evt of KnownContact.codec().stream(reader, reader.uint32(), `${prefix}.contacts[]`, {
                limits: opts.limits?.contacts$
              })) {
                yield {
                  ...evt,
                  index: obj.contacts
                }
              }

              obj.contacts++

              break
            }
            case 2: {
              yield * BackupMade.codec().stream(reader, reader.uint32(), `${prefix}.backup`, {
                limits: opts.limits?.backup
              })

              break
            }
            case 3: {
              yield * TransferWant.codec().stream(reader, reader.uint32(), `${prefix}.want`, {
                limits: opts.limits?.want
              })

              break
            }
            case 4: {
              yield * TransferPiece.codec().stream(reader, reader.uint32(), `${prefix}.piece`, {
                limits: opts.limits?.piece
              })

              break
            }
            case 5: {
              yield * TransferAck.codec().stream(reader, reader.uint32(), `${prefix}.ack`, {
                limits: opts.limits?.ack
              })

              break
            }
            case 6: {
              yield * WantedMessages.codec().stream(reader, reader.uint32(), `${prefix}.wanted`, {
                limits: opts.limits?.wanted
              })

              break
            }
            case 7: {
              yield * GivenMessages.codec().stream(reader, reader.uint32(), `${prefix}.given`, {
                limits: opts.limits?.given
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

  export interface SyncBodyContactsRootFieldEvent {
    field: '$.contacts[].root'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SyncBodyContactsRecordFieldEvent {
    field: '$.contacts[].record'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SyncBodyContactsProfileFieldEvent {
    field: '$.contacts[].profile'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SyncBodyContactsPresenceKeyFieldEvent {
    field: '$.contacts[].presenceKey'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SyncBodyContactsUsedAtFieldEvent {
    field: '$.contacts[].usedAt'
    value: bigint
    index: number
  }

  export interface SyncBodyContactsNameFieldEvent {
    field: '$.contacts[].name'
    value: string
    index: number
  }

  export interface SyncBodyContactsNamedAtFieldEvent {
    field: '$.contacts[].namedAt'
    value: bigint
    index: number
  }

  export interface SyncBodyBackupMadeFieldEvent {
    field: '$.backup.made'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SyncBodyBackupReplacedFieldEvent {
    field: '$.backup.replaced'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SyncBodyWantTransferFieldEvent {
    field: '$.want.transfer'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SyncBodyWantGiverFieldEvent {
    field: '$.want.giver'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SyncBodyPieceTransferFieldEvent {
    field: '$.piece.transfer'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SyncBodyPieceNumberFieldEvent {
    field: '$.piece.number'
    value: number
  }

  export interface SyncBodyPieceLinesFieldEvent {
    field: '$.piece.lines'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SyncBodyPieceLastFieldEvent {
    field: '$.piece.last'
    value: boolean
  }

  export interface SyncBodyPieceDoneFieldEvent {
    field: '$.piece.done'
    value: bigint
  }

  export interface SyncBodyPieceTotalFieldEvent {
    field: '$.piece.total'
    value: bigint
  }

  export interface SyncBodyAckTransferFieldEvent {
    field: '$.ack.transfer'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SyncBodyAckNumberFieldEvent {
    field: '$.ack.number'
    value: number
  }

  export interface SyncBodyWantedIdsFieldEvent {
    field: '$.wanted.ids[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface SyncBodyGivenMessagesRootFieldEvent {
    field: '$.given.messages[].root'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SyncBodyGivenMessagesDeviceFieldEvent {
    field: '$.given.messages[].device'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SyncBodyGivenMessagesConversationFieldEvent {
    field: '$.given.messages[].conversation'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SyncBodyGivenMessagesChatFieldEvent {
    field: '$.given.messages[].chat'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SyncBodyGivenMessagesReadAtFieldEvent {
    field: '$.given.messages[].readAt'
    value: bigint
    index: number
  }

  export function encode (obj: Partial<SyncBody>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SyncBody.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SyncBody>): SyncBody {
    return decodeMessage(buf, SyncBody.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SyncBody>): Generator<SyncBodyContactsRootFieldEvent | SyncBodyContactsRecordFieldEvent | SyncBodyContactsProfileFieldEvent | SyncBodyContactsPresenceKeyFieldEvent | SyncBodyContactsUsedAtFieldEvent | SyncBodyContactsNameFieldEvent | SyncBodyContactsNamedAtFieldEvent | SyncBodyBackupMadeFieldEvent | SyncBodyBackupReplacedFieldEvent | SyncBodyWantTransferFieldEvent | SyncBodyWantGiverFieldEvent | SyncBodyPieceTransferFieldEvent | SyncBodyPieceNumberFieldEvent | SyncBodyPieceLinesFieldEvent | SyncBodyPieceLastFieldEvent | SyncBodyPieceDoneFieldEvent | SyncBodyPieceTotalFieldEvent | SyncBodyAckTransferFieldEvent | SyncBodyAckNumberFieldEvent | SyncBodyWantedIdsFieldEvent | SyncBodyGivenMessagesRootFieldEvent | SyncBodyGivenMessagesDeviceFieldEvent | SyncBodyGivenMessagesConversationFieldEvent | SyncBodyGivenMessagesChatFieldEvent | SyncBodyGivenMessagesReadAtFieldEvent> {
    return streamMessage(buf, SyncBody.codec(), opts)
  }
}

export interface BackupMade {
  made: Uint8Array<ArrayBuffer>
  replaced: Uint8Array<ArrayBuffer>
}

export namespace BackupMade {
  let _codec: Codec<BackupMade>

  export const codec = (): Codec<BackupMade> => {
    if (_codec == null) {
      _codec = message<BackupMade>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.made != null && obj.made.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.made)
        }

        if ((obj.replaced != null && obj.replaced.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.replaced)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          made: uint8ArrayAlloc(0),
          replaced: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.made = reader.bytes()
              break
            }
            case 2: {
              obj.replaced = reader.bytes()
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
                field: `${prefix}.made`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.replaced`,
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

  export interface BackupMadeMadeFieldEvent {
    field: '$.made'
    value: Uint8Array<ArrayBuffer>
  }

  export interface BackupMadeReplacedFieldEvent {
    field: '$.replaced'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<BackupMade>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, BackupMade.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BackupMade>): BackupMade {
    return decodeMessage(buf, BackupMade.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BackupMade>): Generator<BackupMadeMadeFieldEvent | BackupMadeReplacedFieldEvent> {
    return streamMessage(buf, BackupMade.codec(), opts)
  }
}

export interface WantedMessages {
  ids: Uint8Array<ArrayBuffer>[]
}

export namespace WantedMessages {
  let _codec: Codec<WantedMessages>

  export const codec = (): Codec<WantedMessages> => {
    if (_codec == null) {
      _codec = message<WantedMessages>((obj, w, opts = {}) => {
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

  export interface WantedMessagesIdsFieldEvent {
    field: '$.ids[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<WantedMessages>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WantedMessages.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WantedMessages>): WantedMessages {
    return decodeMessage(buf, WantedMessages.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WantedMessages>): Generator<WantedMessagesIdsFieldEvent> {
    return streamMessage(buf, WantedMessages.codec(), opts)
  }
}

export interface GivenMessages {
  messages: GivenMessage[]
}

export namespace GivenMessages {
  let _codec: Codec<GivenMessages>

  export const codec = (): Codec<GivenMessages> => {
    if (_codec == null) {
      _codec = message<GivenMessages>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.messages != null && obj.messages.length > 0) {
          for (const value of obj.messages) {
            w.uint32(10)
            GivenMessage.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          messages: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.messages != null && obj.messages.length === opts.limits.messages) {
                throw new MaxLengthError('Decode error - repeated field "messages" had too many elements')
              }

              obj.messages.push(GivenMessage.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.messages$
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
          messages: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.messages != null && obj.messages === opts.limits.messages) {
                throw new MaxLengthError('Streaming decode error - repeated field "messages" had too many elements')
              }

              for (const evt of GivenMessage.codec().stream(reader, reader.uint32(), `${prefix}.messages[]`, {
                limits: opts.limits?.messages$
              })) {
                yield {
                  ...evt,
                  index: obj.messages
                }
              }

              obj.messages++

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

  export interface GivenMessagesMessagesRootFieldEvent {
    field: '$.messages[].root'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface GivenMessagesMessagesDeviceFieldEvent {
    field: '$.messages[].device'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface GivenMessagesMessagesConversationFieldEvent {
    field: '$.messages[].conversation'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface GivenMessagesMessagesChatFieldEvent {
    field: '$.messages[].chat'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface GivenMessagesMessagesReadAtFieldEvent {
    field: '$.messages[].readAt'
    value: bigint
    index: number
  }

  export function encode (obj: Partial<GivenMessages>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GivenMessages.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GivenMessages>): GivenMessages {
    return decodeMessage(buf, GivenMessages.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GivenMessages>): Generator<GivenMessagesMessagesRootFieldEvent | GivenMessagesMessagesDeviceFieldEvent | GivenMessagesMessagesConversationFieldEvent | GivenMessagesMessagesChatFieldEvent | GivenMessagesMessagesReadAtFieldEvent> {
    return streamMessage(buf, GivenMessages.codec(), opts)
  }
}

export interface GivenMessage {
  root: Uint8Array<ArrayBuffer>
  device: Uint8Array<ArrayBuffer>
  conversation: Uint8Array<ArrayBuffer>
  chat: Uint8Array<ArrayBuffer>
  readAt: bigint
}

export namespace GivenMessage {
  let _codec: Codec<GivenMessage>

  export const codec = (): Codec<GivenMessage> => {
    if (_codec == null) {
      _codec = message<GivenMessage>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.root != null && obj.root.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.root)
        }

        if ((obj.device != null && obj.device.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.device)
        }

        if ((obj.conversation != null && obj.conversation.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.conversation)
        }

        if ((obj.chat != null && obj.chat.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.chat)
        }

        if ((obj.readAt != null && obj.readAt !== 0n)) {
          w.uint32(40)
          w.uint64(obj.readAt)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          root: uint8ArrayAlloc(0),
          device: uint8ArrayAlloc(0),
          conversation: uint8ArrayAlloc(0),
          chat: uint8ArrayAlloc(0),
          readAt: 0n
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
              obj.device = reader.bytes()
              break
            }
            case 3: {
              obj.conversation = reader.bytes()
              break
            }
            case 4: {
              obj.chat = reader.bytes()
              break
            }
            case 5: {
              obj.readAt = reader.uint64()
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
                field: `${prefix}.device`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.conversation`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.chat`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.readAt`,
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

  export interface GivenMessageRootFieldEvent {
    field: '$.root'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GivenMessageDeviceFieldEvent {
    field: '$.device'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GivenMessageConversationFieldEvent {
    field: '$.conversation'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GivenMessageChatFieldEvent {
    field: '$.chat'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GivenMessageReadAtFieldEvent {
    field: '$.readAt'
    value: bigint
  }

  export function encode (obj: Partial<GivenMessage>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GivenMessage.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GivenMessage>): GivenMessage {
    return decodeMessage(buf, GivenMessage.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GivenMessage>): Generator<GivenMessageRootFieldEvent | GivenMessageDeviceFieldEvent | GivenMessageConversationFieldEvent | GivenMessageChatFieldEvent | GivenMessageReadAtFieldEvent> {
    return streamMessage(buf, GivenMessage.codec(), opts)
  }
}

export interface TransferWant {
  transfer: Uint8Array<ArrayBuffer>
  giver: Uint8Array<ArrayBuffer>
}

export namespace TransferWant {
  let _codec: Codec<TransferWant>

  export const codec = (): Codec<TransferWant> => {
    if (_codec == null) {
      _codec = message<TransferWant>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.transfer != null && obj.transfer.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.transfer)
        }

        if ((obj.giver != null && obj.giver.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.giver)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          transfer: uint8ArrayAlloc(0),
          giver: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.transfer = reader.bytes()
              break
            }
            case 2: {
              obj.giver = reader.bytes()
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
                field: `${prefix}.transfer`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.giver`,
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

  export interface TransferWantTransferFieldEvent {
    field: '$.transfer'
    value: Uint8Array<ArrayBuffer>
  }

  export interface TransferWantGiverFieldEvent {
    field: '$.giver'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<TransferWant>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, TransferWant.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<TransferWant>): TransferWant {
    return decodeMessage(buf, TransferWant.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<TransferWant>): Generator<TransferWantTransferFieldEvent | TransferWantGiverFieldEvent> {
    return streamMessage(buf, TransferWant.codec(), opts)
  }
}

export interface TransferPiece {
  transfer: Uint8Array<ArrayBuffer>
  number: number
  lines: Uint8Array<ArrayBuffer>
  last: boolean
  done: bigint
  total: bigint
}

export namespace TransferPiece {
  let _codec: Codec<TransferPiece>

  export const codec = (): Codec<TransferPiece> => {
    if (_codec == null) {
      _codec = message<TransferPiece>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.transfer != null && obj.transfer.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.transfer)
        }

        if ((obj.number != null && obj.number !== 0)) {
          w.uint32(16)
          w.uint32(obj.number)
        }

        if ((obj.lines != null && obj.lines.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.lines)
        }

        if ((obj.last != null && obj.last !== false)) {
          w.uint32(32)
          w.bool(obj.last)
        }

        if ((obj.done != null && obj.done !== 0n)) {
          w.uint32(40)
          w.uint64(obj.done)
        }

        if ((obj.total != null && obj.total !== 0n)) {
          w.uint32(48)
          w.uint64(obj.total)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          transfer: uint8ArrayAlloc(0),
          number: 0,
          lines: uint8ArrayAlloc(0),
          last: false,
          done: 0n,
          total: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.transfer = reader.bytes()
              break
            }
            case 2: {
              obj.number = reader.uint32()
              break
            }
            case 3: {
              obj.lines = reader.bytes()
              break
            }
            case 4: {
              obj.last = reader.bool()
              break
            }
            case 5: {
              obj.done = reader.uint64()
              break
            }
            case 6: {
              obj.total = reader.uint64()
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
                field: `${prefix}.transfer`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.number`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.lines`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.last`,
                value: reader.bool()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.done`,
                value: reader.uint64()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.total`,
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

  export interface TransferPieceTransferFieldEvent {
    field: '$.transfer'
    value: Uint8Array<ArrayBuffer>
  }

  export interface TransferPieceNumberFieldEvent {
    field: '$.number'
    value: number
  }

  export interface TransferPieceLinesFieldEvent {
    field: '$.lines'
    value: Uint8Array<ArrayBuffer>
  }

  export interface TransferPieceLastFieldEvent {
    field: '$.last'
    value: boolean
  }

  export interface TransferPieceDoneFieldEvent {
    field: '$.done'
    value: bigint
  }

  export interface TransferPieceTotalFieldEvent {
    field: '$.total'
    value: bigint
  }

  export function encode (obj: Partial<TransferPiece>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, TransferPiece.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<TransferPiece>): TransferPiece {
    return decodeMessage(buf, TransferPiece.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<TransferPiece>): Generator<TransferPieceTransferFieldEvent | TransferPieceNumberFieldEvent | TransferPieceLinesFieldEvent | TransferPieceLastFieldEvent | TransferPieceDoneFieldEvent | TransferPieceTotalFieldEvent> {
    return streamMessage(buf, TransferPiece.codec(), opts)
  }
}

export interface TransferAck {
  transfer: Uint8Array<ArrayBuffer>
  number: number
}

export namespace TransferAck {
  let _codec: Codec<TransferAck>

  export const codec = (): Codec<TransferAck> => {
    if (_codec == null) {
      _codec = message<TransferAck>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.transfer != null && obj.transfer.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.transfer)
        }

        if ((obj.number != null && obj.number !== 0)) {
          w.uint32(16)
          w.uint32(obj.number)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          transfer: uint8ArrayAlloc(0),
          number: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.transfer = reader.bytes()
              break
            }
            case 2: {
              obj.number = reader.uint32()
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
                field: `${prefix}.transfer`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.number`,
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

  export interface TransferAckTransferFieldEvent {
    field: '$.transfer'
    value: Uint8Array<ArrayBuffer>
  }

  export interface TransferAckNumberFieldEvent {
    field: '$.number'
    value: number
  }

  export function encode (obj: Partial<TransferAck>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, TransferAck.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<TransferAck>): TransferAck {
    return decodeMessage(buf, TransferAck.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<TransferAck>): Generator<TransferAckTransferFieldEvent | TransferAckNumberFieldEvent> {
    return streamMessage(buf, TransferAck.codec(), opts)
  }
}
