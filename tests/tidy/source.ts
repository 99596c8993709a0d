/**
 * A file as the rules of the house see it: the same text several times, each with something blanked out by spaces, so
 * that a rule on code is not misled by comments and strings. Offsets and lines are the same in all of them.
 */
export interface Source {
  /** The path from the root, with forward slashes. */
  readonly path: string
  readonly raw: string
  /** Code only: comments are blank, and so is what stands inside strings, templates and regular expressions. */
  readonly code: string
  /** Code with its literals; comments are blank. */
  readonly uncommented: string
  /** Comments only. */
  readonly comments: string
}

/** Reads `raw` as TypeScript where the path says so; any other file has no code and no comments. */
export function sourceOf(path: string, raw: string): Source {
  if (!/\.(ts|mjs)$/.test(path)) return { path, raw, code: '', uncommented: '', comments: '' }
  const kinds = classify(raw)
  return {
    path,
    raw,
    code: keep(raw, kinds, kind => kind === CODE),
    uncommented: keep(raw, kinds, kind => kind !== COMMENT),
    comments: keep(raw, kinds, kind => kind === COMMENT),
  }
}

/** The line, from 1, that an offset lies in. */
export function lineAt(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++
  return line
}

const CODE = 0
const COMMENT = 1
const LITERAL = 2

function keep(raw: string, kinds: Uint8Array, wanted: (kind: number) => boolean): string {
  let kept = ''
  for (let at = 0; at < raw.length; at++) kept += raw[at] === '\n' || wanted(kinds[at]!) ? raw[at] : ' '
  return kept
}

/** What begins at an offset; the first that matches, longest form first. A quote left open ends with its line. */
const TOKENS: readonly [kind: number, pattern: RegExp][] = [
  [COMMENT, /#!.*|\/\/.*|\/\*[\s\S]*?(?:\*\/|$)/y],
  [LITERAL, /'(?:[^'\\\n]|\\[\s\S])*'?|"(?:[^"\\\n]|\\[\s\S])*"?/y],
]
const WORD = /[\p{ID_Start}$_][\p{ID_Continue}$]*|\d[\w.]*/uy
const REGEXP = /\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y
const TEMPLATE_TEXT = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*/y
/** After one of these a slash begins a regular expression; after a value it divides. */
const BEFORE_REGEXP =
  /^(?:|[-(,=:[!&|?{};+*%~^<>]|return|typeof|case|in|of|do|else|void|delete|throw|new|instanceof|yield|await)$/

/** The kind of every character. Quotes and backticks count as code, so that a string still shows as one. */
function classify(raw: string): Uint8Array {
  const kinds = new Uint8Array(raw.length)
  /** For each template that is open: how many braces are open in its current `${…}`. */
  const templates: number[] = []
  let before = ''
  let at = 0

  const match = (pattern: RegExp) => {
    pattern.lastIndex = at
    return pattern.exec(raw)?.[0]
  }
  const templateText = () => {
    const text = match(TEMPLATE_TEXT) ?? ''
    kinds.fill(LITERAL, at, at + text.length)
    at += text.length
    if (raw[at] === '`') templates.pop()
    at += raw[at] === '`' ? 1 : 2
    before = raw[at - 1] === '`' ? '`' : '{'
  }

  next: while (at < raw.length) {
    for (const [kind, pattern] of TOKENS) {
      const token = match(pattern)
      if (token === undefined || (token.startsWith('#!') && at > 0)) continue
      if (kind === COMMENT) kinds.fill(COMMENT, at, at + token.length)
      else {
        kinds.fill(LITERAL, at + 1, at + Math.max(1, token.length - 1))
        before = token[0]!
      }
      at += token.length
      continue next
    }
    const regexp = raw[at] === '/' && BEFORE_REGEXP.test(before) ? match(REGEXP) : undefined
    const word = regexp ?? match(WORD)
    if (regexp !== undefined) kinds.fill(LITERAL, at + 1, at + regexp.length)
    if (word !== undefined) {
      before = regexp === undefined ? word : '/'
      at += word.length
      continue
    }
    const sign = raw[at]!
    at++
    if (sign.trim() !== '') before = sign
    const open = templates.length - 1
    if (sign === '`') {
      templates.push(0)
      templateText()
    } else if (sign === '{' && open >= 0) templates[open]!++
    else if (sign === '}' && open >= 0 && templates[open]!-- === 0) {
      templates[open] = 0
      templateText()
    }
  }
  return kinds
}
