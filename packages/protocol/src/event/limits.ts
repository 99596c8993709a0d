/**
 * Limits on events. Client-server API, "Size limits"; room version pages, "Event format".
 */

/** The whole event in its federation form, as canonical JSON, signatures and `unsigned` included. In bytes. */
export const maxEventBytes = 65_536
/** `sender`, `room_id`, `state_key`, `type` and `event_id`. In bytes of UTF-8. */
export const maxKeyBytes = 255
/** `prev_events` at most. */
export const maxPrevEvents = 20
/** `auth_events` at most. */
export const maxAuthEvents = 10
