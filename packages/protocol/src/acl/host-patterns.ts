/**
 * A list of host patterns, as `allow` and `deny` are, that is asked often and may have thousands of entries.
 * m.room.server_acl: case-insensitive globs over server names without their port.
 */
import { compileGlob, type Glob, globMatches } from './glob.ts'

const wildcard = /[*?]/
/** `*.example.org`, the commonest pattern: a star, then a literal from a full stop on. */
const subdomainsPattern = /^\*+(\.[^*?]*)$/
const everythingPattern = /^\*+$/

/** The patterns of one list. Names and `*.domain` are looked up, only the rest is gone through one by one. */
export class HostPatterns {
  readonly #matchesEverything: boolean
  readonly #names = new Set<string>()
  /** The literal part of the `*.domain` patterns, with its full stop. */
  readonly #suffixes = new Set<string>()
  readonly #globs: readonly Glob[]

  /** @param entries the list as it stands in the event; what is not a string is ignored, and so is what is no list */
  constructor(entries: unknown) {
    const strings = Array.isArray(entries) ? entries.filter(entry => typeof entry === 'string') : []
    const patterns = strings.map(folded)
    this.#matchesEverything = patterns.some(pattern => everythingPattern.test(pattern))

    const rest = new Set<string>()
    for (const pattern of patterns) {
      const suffix = subdomainsPattern.exec(pattern)?.[1]
      if (suffix !== undefined) this.#suffixes.add(suffix)
      else if (wildcard.test(pattern)) rest.add(pattern)
      else this.#names.add(pattern)
    }
    this.#globs = Array.from(rest, compileGlob)
  }

  /** Whether some pattern matches the whole of `host`, whatever its case. */
  match(host: string): boolean {
    const name = folded(host)
    return (
      this.#matchesEverything ||
      this.#names.has(name) ||
      this.#hasSuffixOf(name) ||
      this.#globs.some(glob => globMatches(glob, name))
    )
  }

  #hasSuffixOf(name: string): boolean {
    if (this.#suffixes.size === 0) return false
    for (let stop = name.indexOf('.'); stop >= 0; stop = name.indexOf('.', stop + 1))
      if (this.#suffixes.has(name.slice(stop))) return true
    return false
  }
}

/** Case folding. Host names are ASCII, where lower case says it all. */
function folded(text: string): string {
  return text.toLowerCase()
}
