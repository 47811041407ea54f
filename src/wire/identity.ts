import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface Signed {
  body: Uint8Array<ArrayBuffer>
  signature: Uint8Array<ArrayBuffer>
  certificate: Uint8Array<ArrayBuffer>
}

export namespace Signed {
  let _codec: Codec<Signed>

  export const codec = (): Codec<Signed> => {
    if (_codec == null) {
      _codec = message<Signed>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.body != null && obj.body.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.body)
        }

        if ((obj.signature != null && obj.signature.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.signature)
        }

        if ((obj.certificate != null && obj.certificate.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.certificate)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          body: uint8ArrayAlloc(0),
          signature: uint8ArrayAlloc(0),
          certificate: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.body = reader.bytes()
              break
            }
            case 2: {
              obj.signature = reader.bytes()
              break
            }
            case 3: {
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
                field: `${prefix}.body`,
                value: reader.bytes()
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
            case 3: {
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

  export interface SignedBodyFieldEvent {
    field: '$.body'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SignedSignatureFieldEvent {
    field: '$.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SignedCertificateFieldEvent {
    field: '$.certificate'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Signed>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Signed.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Signed>): Signed {
    return decodeMessage(buf, Signed.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Signed>): Generator<SignedBodyFieldEvent | SignedSignatureFieldEvent | SignedCertificateFieldEvent> {
    return streamMessage(buf, Signed.codec(), opts)
  }
}

export interface CertificateBody {
  root: Uint8Array<ArrayBuffer>
  device: Uint8Array<ArrayBuffer>
  epoch: number
  capabilities: number
  issuedAt: bigint
}

export namespace CertificateBody {
  let _codec: Codec<CertificateBody>

  export const codec = (): Codec<CertificateBody> => {
    if (_codec == null) {
      _codec = message<CertificateBody>((obj, w, opts = {}) => {
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

        if ((obj.epoch != null && obj.epoch !== 0)) {
          w.uint32(24)
          w.uint32(obj.epoch)
        }

        if ((obj.capabilities != null && obj.capabilities !== 0)) {
          w.uint32(32)
          w.uint32(obj.capabilities)
        }

        if ((obj.issuedAt != null && obj.issuedAt !== 0n)) {
          w.uint32(40)
          w.uint64(obj.issuedAt)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          root: uint8ArrayAlloc(0),
          device: uint8ArrayAlloc(0),
          epoch: 0,
          capabilities: 0,
          issuedAt: 0n
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
              obj.epoch = reader.uint32()
              break
            }
            case 4: {
              obj.capabilities = reader.uint32()
              break
            }
            case 5: {
              obj.issuedAt = reader.uint64()
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
                field: `${prefix}.epoch`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.capabilities`,
                value: reader.uint32()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.issuedAt`,
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

  export interface CertificateBodyRootFieldEvent {
    field: '$.root'
    value: Uint8Array<ArrayBuffer>
  }

  export interface CertificateBodyDeviceFieldEvent {
    field: '$.device'
    value: Uint8Array<ArrayBuffer>
  }

  export interface CertificateBodyEpochFieldEvent {
    field: '$.epoch'
    value: number
  }

  export interface CertificateBodyCapabilitiesFieldEvent {
    field: '$.capabilities'
    value: number
  }

  export interface CertificateBodyIssuedAtFieldEvent {
    field: '$.issuedAt'
    value: bigint
  }

  export function encode (obj: Partial<CertificateBody>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, CertificateBody.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CertificateBody>): CertificateBody {
    return decodeMessage(buf, CertificateBody.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CertificateBody>): Generator<CertificateBodyRootFieldEvent | CertificateBodyDeviceFieldEvent | CertificateBodyEpochFieldEvent | CertificateBodyCapabilitiesFieldEvent | CertificateBodyIssuedAtFieldEvent> {
    return streamMessage(buf, CertificateBody.codec(), opts)
  }
}

export interface SealingKeyBody {
  suite: number
  keyEpoch: number
  publicKey: Uint8Array<ArrayBuffer>
  notAfter: number
}

export namespace SealingKeyBody {
  let _codec: Codec<SealingKeyBody>

  export const codec = (): Codec<SealingKeyBody> => {
    if (_codec == null) {
      _codec = message<SealingKeyBody>((obj, w, opts = {}) => {
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

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          suite: 0,
          keyEpoch: 0,
          publicKey: uint8ArrayAlloc(0),
          notAfter: 0
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

  export interface SealingKeyBodySuiteFieldEvent {
    field: '$.suite'
    value: number
  }

  export interface SealingKeyBodyKeyEpochFieldEvent {
    field: '$.keyEpoch'
    value: number
  }

  export interface SealingKeyBodyPublicKeyFieldEvent {
    field: '$.publicKey'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SealingKeyBodyNotAfterFieldEvent {
    field: '$.notAfter'
    value: number
  }

  export function encode (obj: Partial<SealingKeyBody>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SealingKeyBody.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SealingKeyBody>): SealingKeyBody {
    return decodeMessage(buf, SealingKeyBody.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SealingKeyBody>): Generator<SealingKeyBodySuiteFieldEvent | SealingKeyBodyKeyEpochFieldEvent | SealingKeyBodyPublicKeyFieldEvent | SealingKeyBodyNotAfterFieldEvent> {
    return streamMessage(buf, SealingKeyBody.codec(), opts)
  }
}

export interface ProfileBody {
  root: Uint8Array<ArrayBuffer>
  epoch: number
  seq: bigint
  devices: Uint8Array<ArrayBuffer>[]
  sealingKeys: SealingKeyBody[]
  requests: number
}

export namespace ProfileBody {
  let _codec: Codec<ProfileBody>

  export const codec = (): Codec<ProfileBody> => {
    if (_codec == null) {
      _codec = message<ProfileBody>((obj, w, opts = {}) => {
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

        if (obj.devices != null && obj.devices.length > 0) {
          for (const value of obj.devices) {
            w.uint32(34)
            w.bytes(value)
          }
        }

        if (obj.sealingKeys != null && obj.sealingKeys.length > 0) {
          for (const value of obj.sealingKeys) {
            w.uint32(42)
            SealingKeyBody.codec().encode(value, w)
          }
        }

        if ((obj.requests != null && obj.requests !== 0)) {
          w.uint32(48)
          w.uint32(obj.requests)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          root: uint8ArrayAlloc(0),
          epoch: 0,
          seq: 0n,
          devices: [],
          sealingKeys: [],
          requests: 0
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
              if (opts.limits?.devices != null && obj.devices.length === opts.limits.devices) {
                throw new MaxLengthError('Decode error - repeated field "devices" had too many elements')
              }

              obj.devices.push(reader.bytes())
              break
            }
            case 5: {
              if (opts.limits?.sealingKeys != null && obj.sealingKeys.length === opts.limits.sealingKeys) {
                throw new MaxLengthError('Decode error - repeated field "sealingKeys" had too many elements')
              }

              obj.sealingKeys.push(SealingKeyBody.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.sealingKeys$
              }))
              break
            }
            case 6: {
              obj.requests = reader.uint32()
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
          devices: 0,
          sealingKeys: 0
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
            case 5: {
              if (opts.limits?.sealingKeys != null && obj.sealingKeys === opts.limits.sealingKeys) {
                throw new MaxLengthError('Streaming decode error - repeated field "sealingKeys" had too many elements')
              }

              for (const evt of SealingKeyBody.codec().stream(reader, reader.uint32(), `${prefix}.sealingKeys[]`, {
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
            case 6: {
              yield {
                field: `${prefix}.requests`,
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

  export interface ProfileBodyRootFieldEvent {
    field: '$.root'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ProfileBodyEpochFieldEvent {
    field: '$.epoch'
    value: number
  }

  export interface ProfileBodySeqFieldEvent {
    field: '$.seq'
    value: bigint
  }

  export interface ProfileBodyDevicesFieldEvent {
    field: '$.devices[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface ProfileBodySealingKeysSuiteFieldEvent {
    field: '$.sealingKeys[].suite'
    value: number
    index: number
  }

  export interface ProfileBodySealingKeysKeyEpochFieldEvent {
    field: '$.sealingKeys[].keyEpoch'
    value: number
    index: number
  }

  export interface ProfileBodySealingKeysPublicKeyFieldEvent {
    field: '$.sealingKeys[].publicKey'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface ProfileBodySealingKeysNotAfterFieldEvent {
    field: '$.sealingKeys[].notAfter'
    value: number
    index: number
  }

  export interface ProfileBodyRequestsFieldEvent {
    field: '$.requests'
    value: number
  }

  export function encode (obj: Partial<ProfileBody>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ProfileBody.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ProfileBody>): ProfileBody {
    return decodeMessage(buf, ProfileBody.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ProfileBody>): Generator<ProfileBodyRootFieldEvent | ProfileBodyEpochFieldEvent | ProfileBodySeqFieldEvent | ProfileBodyDevicesFieldEvent | ProfileBodySealingKeysSuiteFieldEvent | ProfileBodySealingKeysKeyEpochFieldEvent | ProfileBodySealingKeysPublicKeyFieldEvent | ProfileBodySealingKeysNotAfterFieldEvent | ProfileBodyRequestsFieldEvent> {
    return streamMessage(buf, ProfileBody.codec(), opts)
  }
}

export interface CollectionBody {
  mailbox: Uint8Array<ArrayBuffer>
  ids: Uint8Array<ArrayBuffer>
  time: bigint
}

export namespace CollectionBody {
  let _codec: Codec<CollectionBody>

  export const codec = (): Codec<CollectionBody> => {
    if (_codec == null) {
      _codec = message<CollectionBody>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.mailbox != null && obj.mailbox.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.mailbox)
        }

        if ((obj.ids != null && obj.ids.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.ids)
        }

        if ((obj.time != null && obj.time !== 0n)) {
          w.uint32(24)
          w.uint64(obj.time)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          mailbox: uint8ArrayAlloc(0),
          ids: uint8ArrayAlloc(0),
          time: 0n
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
              obj.ids = reader.bytes()
              break
            }
            case 3: {
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
                field: `${prefix}.mailbox`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.ids`,
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

  export interface CollectionBodyMailboxFieldEvent {
    field: '$.mailbox'
    value: Uint8Array<ArrayBuffer>
  }

  export interface CollectionBodyIdsFieldEvent {
    field: '$.ids'
    value: Uint8Array<ArrayBuffer>
  }

  export interface CollectionBodyTimeFieldEvent {
    field: '$.time'
    value: bigint
  }

  export function encode (obj: Partial<CollectionBody>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, CollectionBody.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CollectionBody>): CollectionBody {
    return decodeMessage(buf, CollectionBody.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CollectionBody>): Generator<CollectionBodyMailboxFieldEvent | CollectionBodyIdsFieldEvent | CollectionBodyTimeFieldEvent> {
    return streamMessage(buf, CollectionBody.codec(), opts)
  }
}
