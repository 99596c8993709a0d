/** The configuration cannot be used: which key, and what is wrong with it. */
export class ConfigurationError extends Error {
  readonly key: string

  /** @param place where it was read from: a file, the environment */
  constructor(key: string, problem: string, place: string) {
    super(key === '' ? `${place}: ${problem}` : `${place}: ${key}: ${problem}`)
    this.name = 'ConfigurationError'
    this.key = key
  }
}
