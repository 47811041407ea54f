/**
 * Space that is kept free by being taken: a file beside the database. On a full disk LevelDB cannot even be opened, for it
 * writes its log into tables then; with the file gone it can.
 */
import { randomBytes } from 'node:crypto'
import { open, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'

const BLOCK_BYTES = 1024 * 1024

/** Of one store's folder. */
export class Reserve {
  readonly #dir: string
  readonly #path: string
  readonly #bytes: number

  constructor (dir: string, bytes: number) {
    this.#dir = dir
    this.#path = join(dir, 'RESERVE')
    this.#bytes = bytes
  }

  /** Takes the space when it is not taken yet. False when there is not twice as much: then a reserve would itself fill the disk. */
  async put (): Promise<boolean> {
    if (await this.#taken() === this.#bytes) return true
    await this.letGo()
    if (!await this.hasRoom()) return false
    try {
      await this.#write()
      return true
    } catch (error) {
      await this.letGo()
      throw error
    }
  }

  /** Answers whether there was any. */
  async letGo (): Promise<boolean> {
    const taken = await this.#taken() > 0
    await rm(this.#path, { force: true })
    return taken
  }

  /** Whether there is room for the reserve and as much again. */
  async hasRoom (): Promise<boolean> {
    const { bavail, bsize } = await statfs(this.#dir)
    return bavail * bsize + await this.#taken() >= 2 * this.#bytes
  }

  /** Not synced: a file system counts what is written as taken from then on. */
  async #write (): Promise<void> {
    const file = await open(this.#path, 'w', 0o600)
    try {
      // A file system that compresses would keep nothing free for zeros.
      const block = randomBytes(Math.min(BLOCK_BYTES, this.#bytes))
      for (let left = this.#bytes; left > 0; left -= block.byteLength) await file.writeFile(left < block.byteLength ? block.subarray(0, left) : block)
    } finally {
      await file.close()
    }
  }

  async #taken (): Promise<number> {
    return await stat(this.#path).then(({ size }) => size, () => 0)
  }
}
