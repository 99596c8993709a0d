/** Other servers for tests: on loopback, with made-up names, addresses and certificates. */
export { Authority, type Certificate } from './certificates.ts'
export { FederatedServer, Federation, until } from './federated-server.ts'
export { type Behind, MadeUpNetwork } from './made-up-network.ts'
export { type Asked, byPath, json, type Script, ScriptedServer } from './scripted-server.ts'
