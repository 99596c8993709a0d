/**
 * String types that carry what has been checked about them: a `UserId` is a string that `isUserId` said yes to.
 * They exist for the compiler only; at run time they are plain strings.
 */
declare const brand: unique symbol

/** A string known to be a valid `Name`. */
export type Branded<Name extends string> = string & { readonly [brand]: Name }
