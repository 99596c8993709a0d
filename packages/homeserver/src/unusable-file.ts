/**
 * A file of the data directory that the server cannot work with: its error says which, what is wrong with it, and what to do where that
 * can be told. Whoever starts the server can mend it, so they are told in one sentence.
 */
export class UnusableFile extends Error {
  /** @param problem goes on after the file's path: `is no signing key` */
  constructor(path: string, problem: string) {
    super(`${path} ${problem}`)
    this.name = 'UnusableFile'
  }
}
