/**
 * Lists of numbers that grow at the end, four or eight bytes each.
 */
abstract class GrowingNumbers<A extends Int32Array | Float64Array> {
  #length = 0
  #numbers: A

  constructor(empty: A) {
    this.#numbers = empty
  }

  protected abstract longer(length: number): A

  get length(): number {
    return this.#length
  }

  get bytes(): number {
    return this.#numbers.byteLength
  }

  push(number: number): void {
    if (this.#length === this.#numbers.length) {
      const longer = this.longer(Math.max(16, Math.ceil(this.#length * 1.5)))
      longer.set(this.#numbers)
      this.#numbers = longer
    }
    this.#numbers[this.#length++] = number
  }

  pop(): void {
    this.#length--
  }

  at(index: number): number {
    return this.#numbers[index] as number
  }

  set(index: number, number: number): void {
    this.#numbers[index] = number
  }

  /** A part of the list, valid until the list grows. */
  slice(start: number, end: number): ArrayLike<number> {
    return this.#numbers.subarray(start, end)
  }
}

export class GrowingInts extends GrowingNumbers<Int32Array> {
  constructor() {
    super(new Int32Array(0))
  }
  protected longer(length: number): Int32Array {
    return new Int32Array(length)
  }
}

export class GrowingFloats extends GrowingNumbers<Float64Array> {
  constructor() {
    super(new Float64Array(0))
  }
  protected longer(length: number): Float64Array {
    return new Float64Array(length)
  }
}
