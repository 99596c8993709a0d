/** Where a server is to be found, and which addresses may be connected to. */
export { AddressPolicy, type AddressRules } from './address-policy.ts'
export { type Host, hostOfServer } from './host.ts'
export { isSameRoute, type Route, type Target } from './route.ts'
export { type Delegations, type Discovered, type DiscoveryParts, ServerDiscovery } from './server-discovery.ts'
export { WellKnown, type WellKnownParts } from './well-known.ts'
