/** Limits on what is sent to and taken from other servers. Times in milliseconds, sizes in bytes. */

const kibibyte = 1_024
const mebibyte = 1_024 * kibibyte
const minute = 60_000

/** How large an answer may be, how long it may take, and in which line it waits. */
export interface Limits {
  readonly maxBytes: number
  /** From the request to the last byte, waiting for one's turn included. */
  readonly timeout: number
  /** Until the answer begins. */
  readonly headersTimeout: number
  /** Between two pieces of the answer. */
  readonly bodyTimeout: number
  readonly lane: 'quick' | 'bulk'
}

/** Most requests: a template, a profile, a key. */
export const small: Limits = {
  maxBytes: 1 * mebibyte,
  timeout: 30_000,
  headersTimeout: 30_000,
  bodyTimeout: 15_000,
  lane: 'quick',
}

/** Up to some hundred events or rooms, of up to 64 kB each. */
export const page: Limits = { ...small, maxBytes: 32 * mebibyte, timeout: 60_000 }

/** Signed keys of all devices of some users, each some kilobytes. */
export const deviceKeys: Limits = { ...small, maxBytes: 16 * mebibyte }

/** The keys of one server: 100 of them have some 15 kB. They are kept, so strangers must not fill the disk with them. */
export const serverKeys: Limits = { ...small, maxBytes: 64 * kibibyte, timeout: 10_000, headersTimeout: 10_000 }

/** The keys of 100 servers, by a notary that may have to ask them first. */
export const notaryAnswer: Limits = { ...small, maxBytes: 8 * mebibyte }

/** A receiver works through 50 events before it answers, and says a line to each. */
export const transaction: Limits = { ...small, timeout: 2 * minute, headersTimeout: 2 * minute }

/**
 * The state of a room with its auth chain. A room of 100,000 members has some 300,000 events of 1 kB; servers take minutes to put
 * them together.
 */
export const roomState: Limits = {
  maxBytes: 1_024 * mebibyte,
  timeout: 20 * minute,
  headersTimeout: 10 * minute,
  bodyTimeout: minute,
  lane: 'bulk',
}

/** Event IDs of the same: 46 bytes each. */
export const stateIds: Limits = {
  ...roomState,
  maxBytes: 64 * mebibyte,
  timeout: 5 * minute,
  headersTimeout: 2 * minute,
}

/** Media: how large is the caller's to say; how long depends on it. */
export const media: Limits = { ...roomState, timeout: 10 * minute, headersTimeout: minute }

/** An error is a line of JSON; more is a page for people. */
export const maxErrorBytes = 64 * kibibyte

/** One event as JSON text: 64 KiB in canonical form, which escapes may make six times as long. */
export const maxEventTextBytes = 512 * kibibyte
/** Events in one list: see the fetcher's limit on auth events. */
export const maxListedEvents = 1_000_000

/** Requests to one server at once. Bulk ones have their own few places, so that a download never holds up an event. */
export const quickAtOnce = 6
export const bulkAtOnce = 4
/** Requests that wait for one server. More are refused: they would be too old when their turn came. */
export const maxWaiting = 1_000

/** How long an unused connection stays open. Servers commonly close theirs after some 60 seconds. */
export const keepAlive = 30_000
/** How long a server is remembered that nobody asks anything of. */
export const idleServer = 5 * minute
/** Servers remembered at once: a message to the largest rooms goes to some ten thousand. */
export const maxServers = 20_000
