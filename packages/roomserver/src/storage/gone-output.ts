/**
 * What is left of an output whose room was purged: its position, so that there is no gap.
 */
export const gonePayload = '{"kind":"gone"}'
