/**
 * Chance. Only `runtime/` draws it from the machine; all other code is given this.
 */
export interface Randomness {
  /**
   * A whole number from 0 on, below a limit; each equally likely.
   * @param limit 1 to 2^32
   */
  nextInt(limit: number): number
  bytes(count: number): Uint8Array<ArrayBuffer>
}
