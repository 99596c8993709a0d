/**
 * What users keep here about themselves: profiles, account data, filters, push rules, pushers; what streams of changes have reached;
 * and the requests with a transaction ID that were done.
 */
export const userData = `
-- One increasing number per kind of change. Raised in the transaction of the change: numbers become visible in order.
CREATE TABLE streams (
  kind     TEXT PRIMARY KEY,
  position INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO streams VALUES ('account_data', 0), ('to_device', 0), ('device_lists', 0), ('receipts', 0);

CREATE TABLE profile_fields (
  user_id TEXT NOT NULL,
  field   TEXT NOT NULL,
  -- JSON.
  value   TEXT NOT NULL,
  PRIMARY KEY (user_id, field)
) WITHOUT ROWID;

CREATE TABLE account_data (
  user_id  TEXT NOT NULL,
  -- Empty: of no room.
  room_id  TEXT NOT NULL,
  type     TEXT NOT NULL,
  content  TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (user_id, room_id, type)
) WITHOUT ROWID;
CREATE INDEX account_data_by_position ON account_data (user_id, position);

-- What a user has changed of the push rules: JSON. Everything else is as the server has it.
CREATE TABLE push_rules (
  user_id  TEXT PRIMARY KEY,
  changes  TEXT NOT NULL,
  position INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE filters (
  user_id    TEXT NOT NULL,
  filter_id  INTEGER NOT NULL,
  definition TEXT NOT NULL,
  hash       BLOB NOT NULL,
  PRIMARY KEY (user_id, filter_id),
  UNIQUE (user_id, hash)
) WITHOUT ROWID;

CREATE TABLE pushers (
  user_id   TEXT NOT NULL,
  app_id    TEXT NOT NULL,
  pushkey   TEXT NOT NULL,
  -- The device that set it: it goes with the device.
  device_id TEXT NOT NULL,
  -- JSON, as it was set.
  pusher    TEXT NOT NULL,
  set_at    INTEGER NOT NULL,
  PRIMARY KEY (user_id, app_id, pushkey)
) WITHOUT ROWID;
CREATE INDEX pushers_by_key ON pushers (app_id, pushkey);

CREATE TABLE client_transactions (
  user_id        TEXT NOT NULL,
  device_id      TEXT NOT NULL,
  -- The endpoint and what else its path names.
  request        TEXT NOT NULL,
  transaction_id TEXT NOT NULL,
  answer         TEXT NOT NULL,
  done_at        INTEGER NOT NULL,
  PRIMARY KEY (user_id, device_id, request, transaction_id)
) WITHOUT ROWID;
CREATE INDEX client_transactions_by_age ON client_transactions (done_at);
`
