/**
 * A glob pattern that must match some words of a text, from the beginning of a word to the end of one. Client-server API, "Conditions for
 * push rules", `event_match` on `content.body`. In time that grows with text times pattern, whatever the pattern: it is a user's.
 */

/** Letters, digits and underscores make words; the specification says so for ASCII, and other scripts have words as well. */
const wordCharacter = /[\p{L}\p{N}_]/u

/** Both are folded to one case before. */
export function wordsMatch(pattern: string, text: string): boolean {
  if (pattern === '') return false
  const parts = pattern.split(/\*+/)
  const [head = '', ...rest] = parts
  const start = headAt(head, text)
  if (start === undefined) return false
  const tail = rest.pop()
  if (tail === undefined) return allPlaces(head, text).some(at => isEdge(text, at) && isEdge(text, at + head.length))
  // The first place where a part fits is enough: a later one leaves less for the parts after it.
  let from = start + head.length
  for (const part of rest) {
    const at = placeOf(part, text, from)
    if (at === undefined) return false
    from = at + part.length
  }
  return allPlaces(tail, text, from).some(at => isEdge(text, at + tail.length))
}

/** The first place where it stands at the beginning of a word. */
function headAt(head: string, text: string): number | undefined {
  return allPlaces(head, text).find(at => isEdge(text, at))
}

/** Between a character of a word and one of none, or at an end of the text. */
function isEdge(text: string, at: number): boolean {
  if (at === 0 || at === text.length) return true
  return !(wordCharacter.test(text[at - 1] ?? '') && wordCharacter.test(text[at] ?? ''))
}

function allPlaces(part: string, text: string, from = 0): number[] {
  const places: number[] = []
  for (let at = placeOf(part, text, from); at !== undefined; at = placeOf(part, text, at + 1)) places.push(at)
  return places
}

/** `?` stands for any character. */
function placeOf(part: string, text: string, from: number): number | undefined {
  for (let at = from; at + part.length <= text.length; at++) if (fitsAt(part, text, at)) return at
  return undefined
}

function fitsAt(part: string, text: string, at: number): boolean {
  for (let i = 0; i < part.length; i++) if (part[i] !== '?' && part[i] !== text[at + i]) return false
  return true
}
