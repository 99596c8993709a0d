/**
 * The files that media lie in, named by the SHA-256 of their content: the same content is kept once. A file appears under its name only
 * when all of it is on disk.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Randomness } from '@neurite/roomserver/runtime'
import { ClientError } from '../errors.ts'

export interface StoredFile {
  /** SHA-256, hexadecimal. */
  readonly hash: string
  readonly size: number
}

/** The names of files that are still being written. */
const temporaryNameBytes = 16

export class MediaFiles {
  readonly #directory: string
  readonly #randomness: Randomness

  constructor(directory: string, randomness: Randomness) {
    this.#directory = directory
    this.#randomness = randomness
  }

  /**
   * Reads all of a stream into a file.
   * @throws {ClientError} `M_TOO_LARGE` where it is longer than so many bytes: nothing is left of it then
   */
  async store(content: Readable, maxSize: number): Promise<StoredFile> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 })
    const name = `upload-${Buffer.from(this.#randomness.bytes(temporaryNameBytes)).toString('hex')}`
    const temporary = join(this.#directory, name)
    try {
      const file = await this.#write(content, temporary, maxSize)
      const folder = join(this.#directory, file.hash.slice(0, 2))
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await rename(temporary, this.#pathOf(file.hash))
      return file
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
  }

  contentOf(hash: string): Readable {
    return createReadStream(this.#pathOf(hash))
  }

  async #write(content: Readable, path: string, maxSize: number): Promise<StoredFile> {
    const hash = createHash('sha256')
    let size = 0
    const file = await open(path, 'wx', 0o600)
    try {
      for await (const chunk of content as AsyncIterable<Buffer>) {
        size += chunk.length
        if (size > maxSize) throw new ClientError('M_TOO_LARGE', `files may have ${maxSize} bytes here`)
        hash.update(chunk)
        await file.writeFile(chunk)
      }
      await file.sync()
    } finally {
      await file.close()
    }
    return { hash: hash.digest('hex'), size }
  }

  #pathOf(hash: string): string {
    return join(this.#directory, hash.slice(0, 2), hash)
  }
}
