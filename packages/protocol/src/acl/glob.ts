/**
 * Glob patterns in linear time: `*` for any characters, `?` for one, everything else for itself, over the whole text.
 * Appendices, "Glob-style matching". Patterns come from strangers, so none may cost more than another of its length.
 */

const anyCharacters = /\*+/
const oneCharacter = '?'
const bitsInWord = 32

/** A pattern taken apart at its stars. */
export interface Glob {
  /** What the text must begin with, before the first star. */
  readonly head: string
  /** What must come in between, in this order; none of them empty. */
  readonly middle: readonly string[]
  /** What the text must end with, after the last star; undefined when there is no star, so that `head` is everything. */
  readonly tail: string | undefined
  /** The shortest text that can match. */
  readonly minLength: number
}

/** Counts what matching does, for the test that shows it to be linear. */
export interface StepCounter {
  steps: number
}

/** Takes a pattern apart. Compares code units as they are: for case-insensitive matching fold both sides first. */
export function compileGlob(pattern: string): Glob {
  const [head = '', ...rest] = pattern.split(anyCharacters)
  const tail = rest.pop()
  const minLength = rest.reduce((length, part) => length + part.length, head.length + (tail?.length ?? 0))
  return { head, middle: rest, tail, minLength }
}

/**
 * Whether the whole of `text` matches.
 *
 * Takes at most `text.length * ceil(pattern.length / 32) + pattern.length` steps: head and tail are compared once, and
 * every part in between is looked for where the one before it ended, so no character of the text is read twice for two
 * parts. Taking the first place where a part fits is enough: a later place leaves less for the parts after it.
 *
 * @example globMatches(compileGlob('*.example.?om'), 'a.example.com') // true
 */
export function globMatches(glob: Glob, text: string, counter?: StepCounter): boolean {
  if (text.length < glob.minLength) return false
  if (!fitsAt(text, 0, glob.head, counter)) return false
  if (glob.tail === undefined) return text.length === glob.head.length

  const tailStart = text.length - glob.tail.length
  if (!fitsAt(text, tailStart, glob.tail, counter)) return false

  let position = glob.head.length
  for (const part of glob.middle) {
    const end = endOfFirst(part, text, position, tailStart, counter)
    if (end === undefined) return false
    position = end
  }
  return true
}

/** Whether `part` fits at one place. */
function fitsAt(text: string, start: number, part: string, counter: StepCounter | undefined): boolean {
  for (let i = 0; i < part.length; i++) {
    if (counter) counter.steps++
    const wanted = part[i]
    if (wanted !== oneCharacter && wanted !== text[start + i]) return false
  }
  return true
}

/**
 * Where the first fit of `part` between `start` and `limit` ends.
 *
 * Shift-And (Baeza-Yates and Gonnet, 1992): bit `i` says that the first `i + 1` characters of the part fit what was read
 * last. All bits move on together, 32 to a word, so that it takes the same time however often the part nearly fits.
 */
function endOfFirst(
  part: string,
  text: string,
  start: number,
  limit: number,
  counter: StepCounter | undefined,
): number | undefined {
  if (limit - start < part.length) return undefined
  const { ofCharacter, ofAnyCharacter } = bitMasks(part)
  const fitting = new Uint32Array(ofAnyCharacter.length)
  const lastWord = fitting.length - 1
  const lastBit = 1 << ((part.length - 1) % bitsInWord)

  for (let position = start; position < limit; position++) {
    const mask = ofCharacter.get(text.charCodeAt(position)) ?? ofAnyCharacter
    let carry = 1
    for (let word = 0; word <= lastWord; word++) {
      if (counter) counter.steps++
      const before = fitting[word] as number
      fitting[word] = ((before << 1) | carry) & (mask[word] as number)
      carry = before >>> (bitsInWord - 1)
    }
    if ((fitting[lastWord] as number) & lastBit) return position + 1
  }
  return undefined
}

/** For each character that `part` names the places where it may stand; for all others, the places of `?`. */
function bitMasks(part: string): { ofCharacter: Map<number, Uint32Array>; ofAnyCharacter: Uint32Array } {
  const ofAnyCharacter = new Uint32Array(Math.ceil(part.length / bitsInWord))
  for (let i = 0; i < part.length; i++) if (part[i] === oneCharacter) setBit(ofAnyCharacter, i)

  const ofCharacter = new Map<number, Uint32Array>()
  for (let i = 0; i < part.length; i++) {
    if (part[i] === oneCharacter) continue
    const unit = part.charCodeAt(i)
    const mask = ofCharacter.get(unit) ?? ofAnyCharacter.slice()
    setBit(mask, i)
    ofCharacter.set(unit, mask)
  }
  return { ofCharacter, ofAnyCharacter }
}

function setBit(words: Uint32Array, index: number): void {
  const word = Math.floor(index / bitsInWord)
  words[word] = (words[word] as number) | (1 << (index % bitsInWord))
}
