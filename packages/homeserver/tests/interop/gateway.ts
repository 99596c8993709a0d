/**
 * What stands between a server and the others: a reverse proxy that ends TLS, as operators have one. It tells its callers apart by the
 * origin that they sign with, so the way between two servers can be cut while a third still reaches both. It writes down what was asked.
 */
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import type { Certificate } from '../../src/federation/testing/index.ts'

/** A request that came through. */
export interface Passage {
  /** The server that asked; undefined for what needs no signature. */
  readonly origin: string | undefined
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly status: number
  /** What was answered, as text. */
  readonly answer: string
}

export class Gateway {
  readonly passages: Passage[] = []
  /** Where the server itself listens, on loopback, without TLS. */
  readonly backend: number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #refused = new Set<string>()
  #closed = false
  #way = 0

  private constructor(certificate: Certificate, backend: number) {
    this.backend = backend
    this.#server = createServer({ ...certificate, keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
      this.#pass(incoming, outgoing).catch(() => outgoing.destroy())
    })
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    this.#server.on('tlsClientError', (_, socket) => socket.destroy())
  }

  static async open(certificate: Certificate, backend: number): Promise<Gateway> {
    const gateway = new Gateway(certificate, backend)
    await new Promise<void>(resolve => gateway.#server.listen(0, '127.0.0.1', resolve))
    return gateway
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Requests of that server end without an answer. */
  refuse(origin: string): void {
    this.#refused.add(origin)
  }

  admit(origin: string): void {
    this.#refused.delete(origin)
  }

  /** From now on requests and answers take as long as on a way like that. @param way milliseconds, there or back */
  slowDown(way: number): void {
    this.#way = way
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const closed = new Promise(resolve => this.#server.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  async #pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = incoming
    const origin = originOf(headers.authorization)
    const body = await buffer(incoming)
    if (origin !== undefined && this.#refused.has(origin)) return void incoming.socket.destroy()
    await this.#takeTime()
    const answer = await this.#ask(method, url, headers, body)
    const bytes = await buffer(answer)
    await this.#takeTime()
    // The way may have been cut while the server thought.
    if (origin !== undefined && this.#refused.has(origin)) return void incoming.socket.destroy()
    const status = answer.statusCode ?? 0
    this.passages.push({ origin, method, path: url, status, answer: bytes.toString() })
    outgoing.writeHead(status, answer.headers)
    outgoing.end(bytes)
  }

  async #takeTime(): Promise<void> {
    if (this.#way > 0) await nodeRuntime.timers.sleep(this.#way)
  }

  #ask(method: string, path: string, headers: IncomingMessage['headers'], body: Buffer): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const asked = httpRequest({ host: '127.0.0.1', port: this.backend, method, path, headers, agent: false }, resolve)
      asked.once('error', reject)
      asked.end(body)
    })
  }
}

/** Server-server API, "Request Authentication": `X-Matrix origin="…",…`, with the quotes or without. */
function originOf(authorization: string | undefined): string | undefined {
  return /^X-Matrix\b.*\borigin="?([^",]+)/i.exec(authorization ?? '')?.[1]
}
