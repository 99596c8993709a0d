/**
 * End-to-end encryption: keys of devices, cross-signing, messages to devices, key backups. The server holds public halves and
 * ciphertext only.
 */
export const encryption = `
CREATE TABLE device_keys (
  user_id   TEXT NOT NULL,
  device_id TEXT NOT NULL,
  -- JSON, as it was signed.
  keys      TEXT NOT NULL,
  PRIMARY KEY (user_id, device_id)
) WITHOUT ROWID;

CREATE TABLE one_time_keys (
  -- Given out in the order of upload.
  upload    INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id   TEXT NOT NULL,
  device_id TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  key_id    TEXT NOT NULL,
  key       TEXT NOT NULL,
  UNIQUE (user_id, device_id, algorithm, key_id)
);

CREATE TABLE fallback_keys (
  user_id   TEXT NOT NULL,
  device_id TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  key_id    TEXT NOT NULL,
  key       TEXT NOT NULL,
  is_used   INTEGER NOT NULL,
  PRIMARY KEY (user_id, device_id, algorithm)
) WITHOUT ROWID;

CREATE TABLE cross_signing_keys (
  user_id    TEXT NOT NULL,
  -- master, self_signing, user_signing
  usage      TEXT NOT NULL,
  public_key TEXT NOT NULL,
  key        TEXT NOT NULL,
  PRIMARY KEY (user_id, usage)
) WITHOUT ROWID;

-- Signatures uploaded after the key that they are on.
CREATE TABLE key_signatures (
  target_user TEXT NOT NULL,
  -- A device ID, or the public key of a master key.
  target      TEXT NOT NULL,
  signer      TEXT NOT NULL,
  key_id      TEXT NOT NULL,
  signature   TEXT NOT NULL,
  PRIMARY KEY (target_user, target, signer, key_id)
) WITHOUT ROWID;

-- When the devices or cross-signing keys of a user changed last, for everybody, and what one user alone sees of them: own signatures.
CREATE TABLE device_list_changes (
  user_id  TEXT NOT NULL,
  -- Empty: everybody.
  seen_by  TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (user_id, seen_by)
) WITHOUT ROWID;
CREATE INDEX device_list_changes_by_position ON device_list_changes (position);

CREATE TABLE to_device_messages (
  message   INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id   TEXT NOT NULL,
  device_id TEXT NOT NULL,
  position  INTEGER NOT NULL,
  event     TEXT NOT NULL
);
CREATE INDEX to_device_messages_of_device ON to_device_messages (user_id, device_id, position, message);

CREATE TABLE key_backups (
  user_id    TEXT NOT NULL,
  version    INTEGER NOT NULL,
  algorithm  TEXT NOT NULL,
  auth_data  TEXT NOT NULL,
  -- Raised whenever its keys change.
  etag       INTEGER NOT NULL,
  is_deleted INTEGER NOT NULL,
  PRIMARY KEY (user_id, version)
) WITHOUT ROWID;

CREATE TABLE backed_up_keys (
  user_id             TEXT NOT NULL,
  version             INTEGER NOT NULL,
  room_id             TEXT NOT NULL,
  session_id          TEXT NOT NULL,
  first_message_index INTEGER NOT NULL,
  forwarded_count     INTEGER NOT NULL,
  is_verified         INTEGER NOT NULL,
  session_data        TEXT NOT NULL,
  PRIMARY KEY (user_id, version, room_id, session_id)
) WITHOUT ROWID;
`
