// The points where the letter of state resolution and the servers in use part: one switch each, so that both can be
// tested. The defaults are what servers in use do, since rooms only work where servers agree.

export interface Readings {
  /**
   * Versions 2 to 12, "Auth difference". By the letter a state's auth chain is the union of its events' chains, and no
   * event is in its own chain. 'with-state-events' counts the events of the state in.
   */
  readonly chains: 'with-state-events' | 'letter'
  /**
   * Versions 2 to 12, step 1. By the letter, X takes in what is in the auth chain of a power event and in the full
   * conflicted set. 'through-conflicted' takes in only what can be reached by way of events of the full conflicted
   * set; the two differ where an unconflicted event lies between a power event and a conflicted one.
   */
  readonly enlargement: 'through-conflicted' | 'letter'
  /**
   * Version 1, keys of other types none of whose events passes authentication. By the letter nothing is added to R.
   * 'last' adds the last one tried: lowest depth, greatest hash.
   */
  readonly noneAllowed: 'last' | 'letter'
}

export const IN_USE: Readings = { chains: 'with-state-events', enlargement: 'through-conflicted', noneAllowed: 'last' }
export const LETTER: Readings = { chains: 'letter', enlargement: 'letter', noneAllowed: 'letter' }
