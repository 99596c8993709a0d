/**
 * How writes travel to the writer's thread: numbers and bytes one after the other in one buffer that is handed over, not copied, and
 * text beside it, which is cloned faster than it is encoded. They are read in the order in which they were written. A list of the same
 * values would cost several times as much to clone, objects with named fields more still.
 */
import type { StoredText } from '../packed/text.ts'

/** What was written: one or several writes. */
export interface Tape {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly texts: readonly string[]
}

/** What a value begins with. */
const tags = { nothing: 0, number: 1, text: 2, bytes: 3 } as const
const tagBytes = 1
const numberBytes = 8
const lengthBytes = 4
const firstBytes = 16_384
/** A buffer that has grown beyond this for one large write is not kept for the next. */
const maxKeptBytes = 1_048_576

export class TapeWriter {
  #bytes = new Uint8Array(firstBytes)
  #view = new DataView(this.#bytes.buffer)
  #at = 0
  #texts: string[] = []
  #textLength = 0

  /** Where the next value will be: for {@link TapeReader}, and for {@link cut}. */
  get place(): TapePlace {
    return { at: this.#at, text: this.#texts.length, size: this.size }
  }

  /** About how many bytes all of it brings. */
  get size(): number {
    return this.#at + this.#textLength
  }

  get isEmpty(): boolean {
    return this.#at === 0
  }

  number(value: number): this {
    this.#makeRoom(tagBytes + numberBytes)
    this.#bytes[this.#at] = tags.number
    this.#view.setFloat64(this.#at + tagBytes, value)
    this.#at += tagBytes + numberBytes
    return this
  }

  /** A number, or null for undefined. */
  maybe(value: number | undefined): this {
    return value === undefined ? this.#nothing() : this.number(value)
  }

  /** Text, bytes that stand for text, or nothing. */
  text(value: StoredText | null): this {
    if (value === null) return this.#nothing()
    if (typeof value !== 'string') return this.bytes(value)
    this.#makeRoom(tagBytes + lengthBytes)
    this.#bytes[this.#at] = tags.text
    this.#view.setUint32(this.#at + tagBytes, this.#texts.length)
    this.#at += tagBytes + lengthBytes
    this.#texts.push(value)
    this.#textLength += value.length
    return this
  }

  bytes(value: Uint8Array): this {
    const { length } = value
    this.#makeRoom(tagBytes + lengthBytes + length)
    this.#bytes[this.#at] = tags.bytes
    this.#view.setUint32(this.#at + tagBytes, length)
    this.#bytes.set(value, this.#at + tagBytes + lengthBytes)
    this.#at += tagBytes + lengthBytes + length
    return this
  }

  /** Takes back what was written from a place on. */
  cut({ at, text, size }: TapePlace): void {
    this.#at = at
    this.#texts.length = text
    this.#textLength = size - at
  }

  /** All of it; what is written next begins a new tape. */
  take(): Tape {
    const tape: Tape = { bytes: this.#bytes.slice(0, this.#at), texts: this.#texts }
    if (this.#bytes.length > maxKeptBytes) this.#begin(firstBytes)
    this.#at = 0
    this.#texts = []
    this.#textLength = 0
    return tape
  }

  #nothing(): this {
    this.#makeRoom(tagBytes)
    this.#bytes[this.#at++] = tags.nothing
    return this
  }

  #makeRoom(length: number): void {
    const wanted = this.#at + length
    if (wanted <= this.#bytes.length) return
    const written = this.#bytes.subarray(0, this.#at)
    this.#begin(Math.max(this.#bytes.length * 2, wanted))
    this.#bytes.set(written)
  }

  #begin(length: number): void {
    this.#bytes = new Uint8Array(length)
    this.#view = new DataView(this.#bytes.buffer)
  }
}

/** A place on a tape that is being written. */
export interface TapePlace {
  readonly at: number
  readonly text: number
  readonly size: number
}

export class TapeReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #texts: readonly string[]
  readonly #start: number
  #at: number

  /** @param start where the write begins */
  constructor({ bytes, texts }: Tape, start = 0) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#texts = texts
    this.#start = start
    this.#at = start
  }

  rewind(): void {
    this.#at = this.#start
  }

  /** Of the whole tape. */
  get atEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  number(): number {
    return this.#next() as number
  }

  maybe(): number | null {
    return this.#next() as number | null
  }

  text(): StoredText | null {
    return this.#next() as StoredText | null
  }

  /** A depth: see packed/depth.ts. */
  numberOrText(): number | string {
    return this.#next() as number | string
  }

  #next(): number | StoredText | null {
    const value = this.#at + tagBytes
    switch (this.#bytes[this.#at]) {
      case tags.nothing:
        this.#at = value
        return null
      case tags.number:
        this.#at = value + numberBytes
        return this.#view.getFloat64(value)
      case tags.text:
        this.#at = value + lengthBytes
        return this.#texts[this.#view.getUint32(value)] as string
      case tags.bytes: {
        const start = value + lengthBytes
        this.#at = start + this.#view.getUint32(value)
        return this.#bytes.subarray(start, this.#at)
      }
      default:
        throw new Error(`there is no value at ${this.#at} of a write's ${this.#bytes.length} bytes`)
    }
  }
}
