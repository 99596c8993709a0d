/**
 * The tables of the heads' database, as numbered scripts that are run once each, in order. One that was released is never edited:
 * what changes later is a script of its own.
 */
import { accounts } from './0001-accounts.ts'
import { userData } from './0002-user-data.ts'
import { encryption } from './0003-encryption.ts'
import { media } from './0004-media.ts'

export const migrations: readonly string[] = [accounts, userData, encryption, media]
