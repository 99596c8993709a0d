export { compareSpaceChildren, isSpaceChild, type SpaceChild, serversOfChild } from './child-order.ts'
