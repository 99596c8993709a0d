/**
 * Verdicts of the rules as reasons that are stored.
 */
import type { Denied } from '@neurite/protocol'
import type { VerdictReason } from '../storage/index.ts'

/** @param check the pipeline's step that asked */
export function verdictReason(check: string, { rule, reason, decidedBy }: Denied): VerdictReason {
  return { check, rule, reason, decidedBy }
}
