/**
 * How a write travels to the writer's thread: one flat list of numbers and strings, read in the order in which it was written,
 * and all bytes together in one buffer that is handed over, not copied. Objects with named fields would cost several times as
 * much to clone.
 */
import type { StoredText } from '../packed/text.ts'

/** The values of one write. Bytes stand in it as their place and length in the buffer. */
export type Tape = (number | string | null)[]

/** The bytes of all writes of one message. */
export class ByteHeap {
  #bytes = new Uint8Array(4096)
  #used = 0

  /** @returns where they are */
  add(bytes: Uint8Array): number {
    const at = this.#used
    if (at + bytes.length > this.#bytes.length) {
      const longer = new Uint8Array(Math.max(this.#bytes.length * 2, at + bytes.length))
      longer.set(this.#bytes.subarray(0, at))
      this.#bytes = longer
    }
    this.#bytes.set(bytes, at)
    this.#used += bytes.length
    return at
  }

  get size(): number {
    return this.#used
  }

  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.slice(0, this.#used)
    this.#used = 0
    return taken
  }
}

export class TapeWriter {
  readonly values: Tape = []
  readonly #heap: ByteHeap
  /** About how many bytes the write brings. */
  size = 0

  constructor(heap: ByteHeap) {
    this.#heap = heap
  }

  number(value: number): this {
    this.values.push(value)
    return this
  }

  /** A number, or null for undefined. */
  maybe(value: number | undefined): this {
    this.values.push(value ?? null)
    return this
  }

  /** Text, bytes that stand for text, or nothing. */
  text(value: StoredText | null): this {
    if (value === null || typeof value === 'string') {
      this.size += value?.length ?? 0
      this.values.push(value)
      return this
    }
    return this.bytes(value)
  }

  bytes(value: Uint8Array): this {
    this.size += value.length
    this.values.push(this.#heap.add(value), value.length)
    return this
  }
}

export class TapeReader {
  readonly #values: Tape
  readonly #bytes: Uint8Array
  #at = 0

  constructor(values: Tape, bytes: Uint8Array) {
    this.#values = values
    this.#bytes = bytes
  }

  rewind(): void {
    this.#at = 0
  }

  get atEnd(): boolean {
    return this.#at >= this.#values.length
  }

  number(): number {
    return this.#values[this.#at++] as number
  }

  maybe(): number | null {
    return this.#values[this.#at++] as number | null
  }

  /** Text is null or a string; a number is the place of bytes that stand for it. */
  text(): StoredText | null {
    const value = this.#values[this.#at++] as string | number | null
    if (typeof value !== 'number') return value
    const length = this.number()
    return this.#bytes.subarray(value, value + length)
  }

  /** A depth: see packed/depth.ts. */
  numberOrText(): number | string {
    return this.#values[this.#at++] as number | string
  }
}
