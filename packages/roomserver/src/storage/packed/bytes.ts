/**
 * Numbers as bytes: variable-length integers, small ones short (LEB128), signed ones folded so that small distances in both
 * directions stay short. What rows pack their references with.
 */

/** A row whose bytes are not what was written. Readers wrap it into {@link RowDamaged}, which knows the row. */
export class BytesUnreadable extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'BytesUnreadable'
  }
}

/** Writes numbers into one buffer that is used again and again: take() copies out what was written. */
export class ByteWriter {
  #bytes = new Uint8Array(256)
  #length = 0

  byte(value: number): this {
    if (this.#length === this.#bytes.length) this.#grow()
    this.#bytes[this.#length++] = value
    return this
  }

  /** A whole number from 0 to 2^53 - 1. */
  unsigned(value: number): this {
    let rest = value
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80)
      rest = Math.floor(rest / 0x80)
    }
    return this.byte(rest)
  }

  /** A whole number between -2^52 and 2^52. */
  signed(value: number): this {
    return this.unsigned(value < 0 ? -2 * value - 1 : 2 * value)
  }

  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length)
    this.#length = 0
    return taken
  }

  #grow(): void {
    const longer = new Uint8Array(this.#bytes.length * 2)
    longer.set(this.#bytes)
    this.#bytes = longer
  }
}

/** Reads what a {@link ByteWriter} wrote. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #end: number
  #at: number

  /** @param start @param end where in the bytes what is to be read begins and ends; absent: all of them */
  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes
    this.#at = start
    this.#end = end
  }

  get atEnd(): boolean {
    return this.#at >= this.#end
  }

  byte(): number {
    const value = this.atEnd ? undefined : this.#bytes[this.#at++]
    if (value === undefined) throw new BytesUnreadable('it ends too early')
    return value
  }

  unsigned(): number {
    let value = 0
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) break
      if (scale > 2 ** 45) throw new BytesUnreadable('a number is too long')
    }
    if (value > Number.MAX_SAFE_INTEGER) throw new BytesUnreadable('a number is too large')
    return value
  }

  signed(): number {
    const folded = this.unsigned()
    return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2
  }

  /** A count of things of at least one byte each: never more than there are bytes left. */
  count(): number {
    const count = this.unsigned()
    if (count > this.#end - this.#at) throw new BytesUnreadable('it counts more than it holds')
    return count
  }

  end(): void {
    if (!this.atEnd) throw new BytesUnreadable('it is longer than what it holds')
  }
}
