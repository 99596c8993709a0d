/**
 * Step 8: in a room with a policy server new events must have its signature. Those without are sent to it once; where it does not sign, or
 * cannot be reached, they are soft-failed. Server-server API, "Checks performed on receipt of a PDU", 7, "Policy Servers".
 */
import { isForPolicyServer, isSignedBy, policyServerOf } from '../policy-server.ts'
import { next, type Step } from '../step.ts'

export const recommendedByPolicyServer: Step = {
  name: 'policy_server',
  async run({ event, item, softFailure }, context) {
    // What is soft-failed already need not be asked about; nor, a second time, what the policy server did not sign.
    if (item.kind !== 'new' || softFailure !== undefined || !isForPolicyServer(event)) return next
    const policyServer = await policyServerOf(context)
    if (policyServer === undefined || isSignedBy(policyServer, event, context.crypto)) return next
    return { kind: 'ask-policy-server', policyServer }
  },
}
