/**
 * The page at `/`: for whoever opens the server's address in a browser to see whether it is there.
 */
import { softwareName, softwareVersion } from '../version.ts'
import type { Part } from './listen.ts'

export function frontPage(serverName: string): Part {
  const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${serverName}</title>
<style>body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem }</style>
<h1>${serverName} is alive</h1>
<p>This is a <a href="https://matrix.org">Matrix</a> homeserver, run by ${softwareName} ${softwareVersion}.</p>
<p>To use it, open a Matrix client, choose to sign in, and give this page’s address as the homeserver.
Accounts are opened by the server’s operator: <code>neurite create-user NAME</code>.</p>
</html>
`
  return async fastify => {
    fastify.get('/', (_, reply) => reply.header('content-type', 'text/html; charset=utf-8').send(page))
  }
}
