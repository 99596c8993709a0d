/** The way to a server: where to connect to, and whom to expect there. Server-server API, "Resolving server names". */

/** A place to connect to. */
export interface Target {
  /** An IPv4 or IPv6 address without brackets, or a DNS name. */
  readonly host: string
  readonly port: number
}

export interface Route {
  /** The `Host` header of requests. */
  readonly hostHeader: string
  /** The DNS name or address that the certificate must be valid for; a name is sent as SNI too. */
  readonly certificateFor: string
  /** To be tried in this order. */
  readonly targets: readonly Target[]
}

/** Whether connections made for one serve the other. */
export function isSameRoute(a: Route, b: Route): boolean {
  return (
    a.hostHeader === b.hostHeader &&
    a.certificateFor === b.certificateFor &&
    a.targets.length === b.targets.length &&
    a.targets.every(({ host, port }) => b.targets.some(other => other.host === host && other.port === port))
  )
}
