/**
 * Reads a huge JSON object piece by piece, as it comes in: `{"state": [EVENT, …], "auth_chain": [EVENT, …], …}`. Every element of the
 * wanted lists is handed out as the very text it came as, so that no number in it loses a digit; nothing but the element at hand is
 * kept. What is inside an element is only looked at as far as its end has to be found: whoever takes it parses it.
 */
import { ListReaderError, ValueScanner } from './value-scanner.ts'

export interface ListReaderOptions {
  /** The keys whose values are lists to be handed out, and what their elements must be. `null` is taken for an empty list. */
  readonly lists: Readonly<Record<string, 'objects' | 'strings'>>
  /** The keys whose values are kept as text; all others are passed over. */
  readonly values: readonly string[]
  /** Bytes of one element, of one kept value, and of one key. */
  readonly maxElementBytes: number
  readonly maxValueBytes: number
  /** Elements of all lists together. */
  readonly maxElements: number
}

/** Told of every element, in order. @param element its JSON text */
export type TakeElement = (list: string, element: string) => void

type Step =
  | 'start'
  | 'first-key'
  | 'key'
  | 'in-key'
  | 'colon'
  | 'value'
  | 'in-value'
  | 'after-value'
  | 'first-element'
  | 'element'
  | 'in-element'
  | 'after-element'
  | 'done'

const quote = 0x22
const comma = 0x2c
const colon = 0x3a
const openingBracket = 0x5b
const closingBracket = 0x5d
const openingBrace = 0x7b
const closingBrace = 0x7d

const maxKeyBytes = 1_024

export class ListReader {
  readonly #options: ListReaderOptions
  readonly #take: TakeElement
  readonly #scanner = new ValueScanner()
  readonly #values = new Map<string, string>()
  readonly #seen = new Set<string>()
  #step: Step = 'start'
  #key = ''
  #elements = 0

  constructor(options: ListReaderOptions, take: TakeElement) {
    this.#options = options
    this.#take = take
  }

  /** The next piece of the text. @throws {ListReaderError} */
  push(chunk: Uint8Array): void {
    let at = 0
    while (at < chunk.length) {
      if (this.#scanner.isInside) {
        at = this.#scanner.scan(chunk, at)
        if (!this.#scanner.isInside) this.#valueEnded()
        continue
      }
      const byte = chunk[at] as number
      if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) at++
      else if (this.#beginsValue(byte)) this.#scanner.begin(byte, this.#limit())
      else {
        this.#mark(byte)
        at++
      }
    }
  }

  /**
   * The text has ended.
   * @returns the kept values by their keys, as text
   * @throws {ListReaderError} where it has ended too early
   */
  end(): ReadonlyMap<string, string> {
    if (this.#step !== 'done') throw new ListReaderError('it ends in the middle')
    return this.#values
  }

  /** Whether the object has such a key. */
  has(key: string): boolean {
    return this.#seen.has(key)
  }

  /** Enters the key, value or element that begins with this byte, where one may. */
  #beginsValue(byte: number): boolean {
    if (this.#step === 'key' || (this.#step === 'first-key' && byte === quote)) {
      if (byte !== quote) throw unexpected(byte, 'a key')
      this.#step = 'in-key'
      return true
    }
    if (this.#step === 'value') {
      const isList = Object.hasOwn(this.#options.lists, this.#key)
      if (isList && byte === openingBracket) return false
      this.#step = 'in-value'
      return true
    }
    if (this.#step === 'element' || (this.#step === 'first-element' && byte !== closingBracket)) {
      const kind = this.#options.lists[this.#key]
      if (byte !== (kind === 'strings' ? quote : openingBrace))
        throw unexpected(byte, `an element of ${this.#key}, which are ${kind}`)
      this.#step = 'in-element'
      return true
    }
    return false
  }

  /** How many bytes of the value that was entered are kept at most; 0: none is kept. */
  #limit(): number {
    if (this.#step === 'in-key') return maxKeyBytes
    if (this.#step === 'in-element') return this.#options.maxElementBytes
    const isKept = this.#options.values.includes(this.#key) || Object.hasOwn(this.#options.lists, this.#key)
    return isKept ? this.#options.maxValueBytes : 0
  }

  #valueEnded(): void {
    const text = this.#scanner.text()
    if (this.#step === 'in-key') {
      this.#key = keyOf(text)
      this.#step = 'colon'
    } else if (this.#step === 'in-element') {
      if (++this.#elements > this.#options.maxElements)
        throw new ListReaderError(`more than ${this.#options.maxElements} elements`)
      this.#step = 'after-element'
      this.#take(this.#key, text)
    } else {
      this.#step = 'after-value'
      if (Object.hasOwn(this.#options.lists, this.#key)) {
        if (text !== 'null') throw new ListReaderError(`${this.#key} is no list`)
      } else if (this.#options.values.includes(this.#key)) this.#values.set(this.#key, text)
    }
  }

  /** A byte that is no part of a value. */
  #mark(byte: number): void {
    switch (this.#step) {
      case 'start':
        if (byte !== openingBrace) throw unexpected(byte, 'an object')
        this.#step = 'first-key'
        return
      case 'colon':
        if (byte !== colon) throw unexpected(byte, 'a colon')
        this.#noteKey()
        this.#step = 'value'
        return
      case 'value':
        this.#step = 'first-element'
        return
      case 'after-element':
      case 'first-element':
        if (byte === comma && this.#step === 'after-element') this.#step = 'element'
        else if (byte === closingBracket) this.#step = 'after-value'
        else throw unexpected(byte, `the end of ${this.#key}`)
        return
      case 'first-key':
      case 'after-value':
        if (byte === comma && this.#step === 'after-value') this.#step = 'key'
        else if (byte === closingBrace) this.#step = 'done'
        else throw unexpected(byte, 'the end of the object')
        return
      default:
        throw unexpected(byte, 'the end')
    }
  }

  /** A key that comes twice would leave open which one counts. */
  #noteKey(): void {
    const isWanted = Object.hasOwn(this.#options.lists, this.#key) || this.#options.values.includes(this.#key)
    if (!isWanted) return
    if (this.#seen.has(this.#key)) throw new ListReaderError(`${this.#key} comes twice`)
    this.#seen.add(this.#key)
  }
}

function keyOf(text: string): string {
  try {
    return JSON.parse(text) as string
  } catch {
    throw new ListReaderError(`${text} is no key`)
  }
}

function unexpected(byte: number, wanted: string): ListReaderError {
  return new ListReaderError(`byte 0x${byte.toString(16).padStart(2, '0')} in place of ${wanted}`)
}
