/** A server on loopback that answers by a script, with a certificate of the made-up authority. What it is asked is written down. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Certificate } from './certificates.ts'

/** A request, read whole. */
export interface Asked {
  readonly method: string
  /** With the query. */
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** The name that was asked for in TLS; false where there was none. */
  readonly serverName: string | false | null
}

/** Answers one request. */
export type Script = (asked: Asked, response: ServerResponse) => void | Promise<void>

export class ScriptedServer {
  readonly asked: Asked[] = []
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  script: Script

  private constructor(certificate: Certificate, script: Script) {
    this.script = script
    this.#server = createServer({ ...certificate, keepAliveTimeout: 60_000 }, (request, response) => {
      void this.#answer(request, response)
    })
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    // Clients that do not like the certificate hang up.
    this.#server.on('tlsClientError', () => undefined)
  }

  static async start(certificate: Certificate, script: Script): Promise<ScriptedServer> {
    const server = new ScriptedServer(certificate, script)
    await new Promise<void>(resolve => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Open connections. */
  get connections(): number {
    return this.#sockets.size
  }

  /** Cuts all connections. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async close(): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve))
    this.hangUp()
    await closed
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    const { method = '', url = '', headers } = request
    const asked = { method, url, headers, body, serverName: (request.socket as TLSSocket).servername }
    this.asked.push(asked)
    await this.script(asked, response)
  }
}

/** Answers with JSON. */
export function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Script {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof value === 'string' ? value : JSON.stringify(value))
  }
}

/** Answers by the path; 404 M_UNRECOGNIZED where there is none. */
export function byPath(scripts: Readonly<Record<string, Script>>): Script {
  return (asked, response) => {
    const path = asked.url.split('?', 1)[0] ?? ''
    return (scripts[path] ?? json({ errcode: 'M_UNRECOGNIZED', error: 'Unrecognized request' }, 404))(asked, response)
  }
}
