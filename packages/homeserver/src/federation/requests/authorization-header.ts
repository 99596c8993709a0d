/**
 * `Authorization: X-Matrix origin="…",destination="…",key="…",sig="…"`: how it is written, and all ways of writing it that are read.
 * Server-server API, "Request Authentication"; RFC 9110, sections 11.4 and 5.6.
 */
export interface XMatrix {
  readonly origin: string
  /** Older servers leave it out. */
  readonly destination: string | undefined
  /** The ID of the key, algorithm included. */
  readonly key: string
  readonly signature: string
}

/** A header is some 400 bytes; the names in it at most 255 each. */
const maxLength = 4_096

/** `1*SP`, then the parameters. */
const scheme = /^x-matrix[ \t]+/i
const tokenCharacters = "!#$%&'*+\\-.^_`|~0-9A-Za-z"
/**
 * One parameter, with what may stand around it; and empty ones, which recipients must put up with. Values without quotes may have any
 * character that does not end them: older servers write server names and base64 so.
 */
const parameter = new RegExp(
  `[ \\t]*(?:([${tokenCharacters}]+)[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"|([^",\\s]+)))?[ \\t]*(?:,|$)`,
  'y',
)

/** As older servers can read it: one space, lower-case names, no space around commas. None of the values has quotes or backslashes. */
export function writeXMatrix({ origin, destination, key, signature }: XMatrix): string {
  const to = destination === undefined ? '' : `destination="${destination}",`
  return `X-Matrix origin="${origin}",${to}key="${key}",sig="${signature}"`
}

/** @returns undefined for another scheme, and for what is not well-formed or lacks a parameter */
export function readXMatrix(header: string): XMatrix | undefined {
  const parameters = readParameters(header)
  const origin = parameters?.get('origin')
  const key = parameters?.get('key')
  const signature = parameters?.get('sig')
  if (origin === undefined || key === undefined || signature === undefined) return undefined
  return { origin, destination: parameters?.get('destination'), key, signature }
}

function readParameters(header: string): Map<string, string> | undefined {
  const [beginning] = scheme.exec(header) ?? []
  if (beginning === undefined || header.length > maxLength) return undefined
  const parameters = new Map<string, string>()
  parameter.lastIndex = beginning.length
  while (parameter.lastIndex < header.length) {
    const match = parameter.exec(header)
    if (match === null) return undefined
    const [, name, quoted, plain] = match
    if (name === undefined) continue
    const known = name.toLowerCase()
    // Which of two values counts is anyone's guess.
    if (parameters.has(known)) return undefined
    parameters.set(known, quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '')
  }
  return parameters
}
