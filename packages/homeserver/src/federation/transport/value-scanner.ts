/**
 * Finds where a JSON value ends, in text that comes in pieces, and keeps its text if it is wanted. It counts brackets and knows
 * strings, no more: whether the value is well-formed is for its parser to say.
 */
import { Buffer, isUtf8 } from 'node:buffer'

/** The text is not JSON, or not what is expected. */
export class ListReaderError extends Error {
  constructor(problem: string) {
    super(problem)
    this.name = 'ListReaderError'
  }
}

const quote = 0x22
const comma = 0x2c
const backslash = 0x5c
const closingBracket = 0x5d
const closingBrace = 0x7d
/** Brackets and braces differ in this bit alone. */
const bracketBit = 0x20
const opening = 0x7b
const closing = 0x7d

export class ValueScanner {
  #kind: 'outside' | 'nested' | 'string' | 'plain' = 'outside'
  #depth = 0
  #inString = false
  /** The first byte of the next piece comes after a backslash. */
  #isEscaped = false
  #maxBytes = 0
  #size = 0
  #pieces: Uint8Array[] = []

  /** Whether a value has begun and not ended. */
  get isInside(): boolean {
    return this.#kind !== 'outside'
  }

  /**
   * A value begins with this byte, which is the first to be scanned.
   * @param maxBytes how large it may be; 0: any size, and its text is not kept
   */
  begin(byte: number, maxBytes: number): void {
    this.#kind = (byte | bracketBit) === opening ? 'nested' : byte === quote ? 'string' : 'plain'
    this.#depth = 0
    this.#inString = false
    this.#maxBytes = maxBytes
    this.#size = 0
    this.#pieces = []
  }

  /** @returns the first byte after the value, or the end of the piece where it goes on. @throws {ListReaderError} past the limit */
  scan(chunk: Uint8Array, start: number): number {
    const end = this.#kind === 'plain' ? this.#scanPlain(chunk, start) : this.#scanNested(chunk, start)
    if (this.#maxBytes > 0) {
      this.#size += end - start
      if (this.#size > this.#maxBytes) throw new ListReaderError(`a value of more than ${this.#maxBytes} bytes`)
      this.#pieces.push(chunk.subarray(start, end))
    }
    return end
  }

  /** The text of the value that has ended; empty where it was not kept. @throws {ListReaderError} where it is no UTF-8 */
  text(): string {
    const [first = new Uint8Array(), ...more] = this.#pieces
    this.#pieces = []
    const bytes =
      more.length === 0 ? Buffer.from(first.buffer, first.byteOffset, first.length) : Buffer.concat([first, ...more])
    if (!isUtf8(bytes)) throw new ListReaderError('it is not UTF-8')
    return bytes.toString('utf8')
  }

  /** Objects, lists and strings. The innermost loop: every byte of an answer passes here. */
  #scanNested(chunk: Uint8Array, start: number): number {
    const { length } = chunk
    let at = start
    let depth = this.#depth
    let inString = this.#inString
    if (this.#isEscaped) {
      at++
      this.#isEscaped = false
    }
    while (at < length) {
      if (inString) {
        const byte = chunk[at++]
        if (byte === backslash) at++
        else if (byte === quote) {
          inString = false
          if (depth === 0) return this.#ended(at)
        }
        continue
      }
      const byte = chunk[at++] as number
      if (byte === quote) inString = true
      else if ((byte | bracketBit) === opening) depth++
      else if ((byte | bracketBit) === closing && --depth === 0) return this.#ended(at)
    }
    this.#isEscaped = at > length
    this.#depth = depth
    this.#inString = inString
    return length
  }

  /** Numbers, `true`, `false`, `null`: up to what cannot be part of them. */
  #scanPlain(chunk: Uint8Array, start: number): number {
    for (let at = start; at < chunk.length; at++) {
      const byte = chunk[at] as number
      if (byte <= 0x20 || byte === comma || byte === closingBracket || byte === closingBrace) return this.#ended(at)
    }
    return chunk.length
  }

  #ended(at: number): number {
    this.#kind = 'outside'
    return at
  }
}
