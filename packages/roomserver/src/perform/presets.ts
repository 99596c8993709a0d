/**
 * What the presets of new rooms stand for. Client-server API, "POST /createRoom".
 */
import type { RequestTo } from '../api/index.ts'

export type PresetName = NonNullable<RequestTo<'performCreateRoom'>['preset']>

export interface Preset {
  readonly joinRule: 'invite' | 'public'
  readonly historyVisibility: 'shared'
  readonly guestAccess: 'can_join' | 'forbidden'
  /** Invitees get the creator's power. */
  readonly trustsInvitees: boolean
  /** The level that inviting needs: among those who were invited themselves anyone may. */
  readonly invite: 0 | 50
}

const private_chat: Preset = {
  joinRule: 'invite',
  historyVisibility: 'shared',
  guestAccess: 'can_join',
  trustsInvitees: false,
  invite: 0,
}

export const presets: Readonly<Record<PresetName, Preset>> = {
  private_chat,
  trusted_private_chat: { ...private_chat, trustsInvitees: true },
  public_chat: {
    joinRule: 'public',
    historyVisibility: 'shared',
    guestAccess: 'forbidden',
    trustsInvitees: false,
    invite: 50,
  },
}

/** Without a preset the visibility in the directory says which. */
export function presetOf({
  preset,
  visibility,
}: Pick<RequestTo<'performCreateRoom'>, 'preset' | 'visibility'>): Preset {
  return presets[preset ?? (visibility === 'public' ? 'public_chat' : 'private_chat')]
}
