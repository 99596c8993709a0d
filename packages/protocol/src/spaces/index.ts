/**
 * What spaces are made of. Client-server API, "Spaces".
 */
export { compareSpaceChildren, isSpaceChild, type SpaceChild, serversOfChild } from './child-order.ts'
