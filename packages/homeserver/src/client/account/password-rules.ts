/**
 * What a new password must be like.
 */
import type { ClientContext } from '../context.ts'
import { ClientError } from '../errors.ts'

/** @throws {ClientError} `M_WEAK_PASSWORD` */
export function checkNewPassword({ settings }: Pick<ClientContext, 'settings'>, password: string): void {
  const { minPasswordLength } = settings
  if ([...password].length >= minPasswordLength) return
  throw new ClientError('M_WEAK_PASSWORD', `a password has at least ${minPasswordLength} characters`)
}
