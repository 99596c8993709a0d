/**
 * Why bytes are no event. Server-server API, "Checks performed on receipt of a PDU", 1: such an event is dropped.
 */

/**
 * `not-json`: no JSON at all. `malformed`: JSON that the room version does not accept, or not the form of an event.
 * `too-large`: over a size limit.
 */
export type PduErrorKind = 'not-json' | 'malformed' | 'too-large'

/** An event that cannot be used at all. The message names the field; it never quotes more than a few characters of it. */
export class PduError extends Error {
  readonly kind: PduErrorKind
  /** The error code towards a client or server that sent this. */
  readonly errcode: 'M_NOT_JSON' | 'M_BAD_JSON' | 'M_TOO_LARGE'

  constructor(kind: PduErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'PduError'
    this.kind = kind
    this.errcode = kind === 'not-json' ? 'M_NOT_JSON' : kind === 'too-large' ? 'M_TOO_LARGE' : 'M_BAD_JSON'
  }
}
