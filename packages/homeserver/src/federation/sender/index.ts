/** Sending to other servers. */
export type { PassingEdu } from './destination.ts'
export { FederationSender, type FederationSenderParts } from './federation-sender.ts'
export { Turnstile } from './turnstile.ts'
