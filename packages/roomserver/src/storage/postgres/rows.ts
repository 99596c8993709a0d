/**
 * Columns of many rows, gathered to travel as one array a column: one statement a table, however many rows a group brings.
 */
export type Value = number | string | Uint8Array | null

export class Rows {
  readonly columns: Value[][]

  constructor(width: number) {
    this.columns = Array.from({ length: width }, () => [])
  }

  get count(): number {
    return this.columns[0]!.length
  }

  add(...values: Value[]): void {
    for (const [at, value] of values.entries()) this.columns[at]!.push(value)
  }
}
