/** Reads bytes that come in pieces up to a delimiter, without keeping more than has to be looked at. */

/** The delimiter does not come, or not soon enough. */
export class DelimiterMissing extends Error {
  constructor(problem: string) {
    super(problem)
    this.name = 'DelimiterMissing'
  }
}

export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>
  #buffered: Buffer

  /** @param before bytes that are read first */
  constructor(source: AsyncIterable<Uint8Array>, before: Buffer = Buffer.alloc(0)) {
    this.#source = source[Symbol.asyncIterator]()
    this.#buffered = before
  }

  /** All up to the delimiter, which is passed over. @throws {DelimiterMissing} where it is not within so many bytes */
  async readUntil(delimiter: Buffer, maxBytes: number): Promise<Buffer> {
    for (;;) {
      const at = this.#buffered.indexOf(delimiter)
      if (at >= 0 && at <= maxBytes) return this.#cut(at, delimiter.length)
      if (at > maxBytes || this.#buffered.length > maxBytes + delimiter.length)
        throw new DelimiterMissing(`a part of more than ${maxBytes} bytes`)
      if (!(await this.#more())) throw new DelimiterMissing('it ends in the middle')
    }
  }

  /** All up to the delimiter, piece by piece as it comes in. @throws {DelimiterMissing} at the end, where it never comes */
  async *piecesUntil(delimiter: Buffer): AsyncGenerator<Buffer> {
    for (;;) {
      const at = this.#buffered.indexOf(delimiter)
      if (at >= 0) {
        if (at > 0) yield this.#cut(at, delimiter.length)
        return
      }
      // What may be the beginning of the delimiter is kept back.
      const certain = this.#buffered.length - delimiter.length + 1
      if (certain > 0) yield this.#cut(certain, 0)
      if (!(await this.#more())) throw new DelimiterMissing('it ends in the middle')
    }
  }

  /** Reads on to the end, if it comes within so many bytes: a connection that was read to its end can be used again. */
  async readToEnd(maxBytes: number): Promise<void> {
    while (this.#buffered.length <= maxBytes && (await this.#more()));
  }

  #cut(length: number, passOver: number): Buffer {
    const cut = this.#buffered.subarray(0, length)
    this.#buffered = this.#buffered.subarray(length + passOver)
    return cut
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#source.next()
    if (done === true) return false
    const chunk = Buffer.from(value.buffer, value.byteOffset, value.length)
    this.#buffered = this.#buffered.length === 0 ? chunk : Buffer.concat([this.#buffered, chunk])
    return true
  }
}
