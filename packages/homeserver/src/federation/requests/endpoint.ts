/** Endpoints of other servers, as data: where they are, and what they answer. */
import type { TSchema } from 'typebox'
import type { Limits } from '../transport/limits.ts'
import type { ListReaderOptions } from '../transport/list-reader.ts'
import type { PathParameters, QueryParameters } from './path.ts'

export interface Endpoint {
  /** What errors call it. */
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT'
  /** A template: see {@link pathOf}. */
  readonly path: string
  readonly limits: Limits
  /** Asked without a signature: those that anyone may ask. */
  readonly isPublic?: boolean
  /** Doing it twice is not doing it once. */
  readonly isUnrepeatable?: boolean
}

/** One whose answer is read whole, and must fit a schema. */
export interface JsonEndpoint<S extends TSchema = TSchema> extends Endpoint {
  readonly answer: S
}

/** One whose answer holds lists of events or of their IDs, handed out one by one as text. */
export interface ListEndpoint extends Endpoint {
  readonly lists: ListReaderOptions['lists']
  /** Lists that may be absent. */
  readonly optional?: readonly string[]
  /** Other keys that are kept, as text. */
  readonly values?: readonly string[]
}

/** What one call of an endpoint is about. */
export interface Call {
  readonly path?: PathParameters
  readonly query?: QueryParameters
  /** Canonical JSON. */
  readonly body?: string
}
