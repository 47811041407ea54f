/**
 * Which ids the index may know, in memory: a Bloom filter (Bloom 1970) over the index's keys. Almost every id that comes is
 * new, and to ask LevelDB for what it does not have costs 7 µs, a fifth of a whole delivery.
 *
 * An id that was noted is never denied. Of the others one in 7,000 is not denied either, which costs a question for
 * nothing: rare enough that most commits, of hundreds of ids, ask none. Layers are added as ids come, each four times as
 * large; when the last is full, more and more questions are for nothing. What the store forgets stays noted until it is
 * opened again.
 */

/** An id is a SHA-256: its first bytes are as good as hashes of it. It stands behind the mailbox in a key of the index. */
const ID_AT = 33
const FIRST_LAYER_BYTES = 128 * 1024
const GROWTH = 4
/** Of a full layer a third of the bits are set, and eight of a stranger's in one of 7,000. */
const BITS_PER_ID = 20
const BITS_SET = 8

interface Layer { bits: Uint8Array, room: number }

export class MetIds {
  readonly #layersMax: number
  readonly #layers: Layer[] = []

  constructor (layersMax: number) {
    this.#layersMax = layersMax
    this.#addLayer(FIRST_LAYER_BYTES)
  }

  /** What the layers take. */
  get bytes (): number { return this.#layers.reduce((sum, { bits }) => sum + bits.byteLength, 0) }

  note (indexKey: Uint8Array): void {
    if (this.mayKnow(indexKey)) return
    let layer = this.#layers.at(-1) as Layer
    if (layer.room <= 0 && this.#layers.length < this.#layersMax) layer = this.#addLayer(layer.bits.byteLength * GROWTH)
    layer.room--
    const step = stepOf(indexKey)
    for (let nth = 0, place = placeOf(indexKey); nth < BITS_SET; nth++, place = place + step | 0) {
      const at = byteOf(place, layer.bits)
      layer.bits[at] = (layer.bits[at] ?? 0) | 1 << (place & 7)
    }
  }

  /** False: surely not noted. */
  mayKnow (indexKey: Uint8Array): boolean {
    const first = placeOf(indexKey)
    const step = stepOf(indexKey)
    return this.#layers.some(({ bits }) => {
      for (let nth = 0, place = first; nth < BITS_SET; nth++, place = place + step | 0) {
        if (((bits[byteOf(place, bits)] ?? 0) & 1 << (place & 7)) === 0) return false
      }
      return true
    })
  }

  #addLayer (bytes: number): Layer {
    const layer = { bits: new Uint8Array(bytes), room: Math.floor(bytes * 8 / BITS_PER_ID) }
    this.#layers.push(layer)
    return layer
  }
}

function placeOf (indexKey: Uint8Array): number { return uint32(indexKey, ID_AT) }

/** Odd, so that the bits of one id differ. */
function stepOf (indexKey: Uint8Array): number { return uint32(indexKey, ID_AT + 4) | 1 }

/** Layers are powers of two. */
function byteOf (place: number, bits: Uint8Array): number { return place >>> 3 & bits.byteLength - 1 }

function uint32 (bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) << 24 | (bytes[at + 1] ?? 0) << 16 | (bytes[at + 2] ?? 0) << 8 | (bytes[at + 3] ?? 0)
}
