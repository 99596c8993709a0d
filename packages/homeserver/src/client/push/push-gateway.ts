/**
 * Where notifications are handed over, to be passed on to phones: what the client head needs of it. Push gateway API.
 */
export interface PushGateway {
  /**
   * `POST /_matrix/push/v1/notify`.
   * @param url as the client gave it
   * @param body JSON text
   * @returns the pushkeys that are no longer good
   * @throws {PushGatewayFailed} where it does not take it; the signal's reason
   */
  notify(url: string, body: string, signal: AbortSignal): Promise<readonly string[]>
}

/** A gateway did not take a notification: it is to be sent again later. */
export class PushGatewayFailed extends Error {
  constructor(url: string, problem: string, options?: ErrorOptions) {
    super(`the push gateway ${url}: ${problem}`, options)
    this.name = 'PushGatewayFailed'
  }
}
