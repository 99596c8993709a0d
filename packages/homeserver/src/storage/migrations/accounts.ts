/**
 * Accounts of local users, their devices, and the tokens that belong to a device. Tokens are kept as their SHA-256, so that a copy of
 * the database opens no account.
 */
export const accounts = `
CREATE TABLE accounts (
  user_id        TEXT PRIMARY KEY,
  -- Null: nobody can log in by password.
  password_hash  TEXT,
  created_at     INTEGER NOT NULL,
  is_admin       INTEGER NOT NULL DEFAULT 0,
  is_locked      INTEGER NOT NULL DEFAULT 0,
  is_suspended   INTEGER NOT NULL DEFAULT 0,
  deactivated_at INTEGER,
  -- The user wished that as much as possible be erased.
  is_erased      INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE devices (
  user_id      TEXT NOT NULL,
  device_id    TEXT NOT NULL,
  display_name TEXT,
  created_at   INTEGER NOT NULL,
  last_seen_ts INTEGER,
  last_seen_ip TEXT,
  PRIMARY KEY (user_id, device_id)
) WITHOUT ROWID;

-- An access token with the refresh token that came with it. A pair that was made by refreshing replaces the one before as soon as it
-- is used for the first time.
CREATE TABLE token_pairs (
  pair         INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id      TEXT NOT NULL,
  device_id    TEXT NOT NULL,
  access_hash  BLOB NOT NULL UNIQUE,
  refresh_hash BLOB UNIQUE,
  -- Of the access token. Null: never.
  expires_at   INTEGER,
  replaces     INTEGER
);
CREATE INDEX token_pairs_of_device ON token_pairs (user_id, device_id);
CREATE INDEX token_pairs_replacing ON token_pairs (replaces) WHERE replaces IS NOT NULL;

-- Tokens that prove to others who a user is. They open nothing here.
CREATE TABLE openid_tokens (
  hash       BLOB PRIMARY KEY,
  user_id    TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX openid_tokens_by_age ON openid_tokens (expires_at);
`
