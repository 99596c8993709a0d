/**
 * Media, of local users and fetched from other servers. The bytes lie in files that are named by their SHA-256.
 */
export const media = `
CREATE TABLE media (
  -- The server in the mxc URI.
  origin       TEXT NOT NULL,
  media_id     TEXT NOT NULL,
  -- Who uploaded it; null for media of other servers.
  user_id      TEXT,
  created_at   INTEGER NOT NULL,
  -- Until when content may be uploaded, where there is none yet.
  expires_at   INTEGER,
  -- SHA-256 of the content; null while there is none.
  hash         TEXT,
  size         INTEGER,
  content_type TEXT,
  file_name    TEXT,
  PRIMARY KEY (origin, media_id)
) WITHOUT ROWID;
CREATE INDEX media_of_user ON media (user_id, expires_at) WHERE hash IS NULL;
CREATE INDEX media_by_hash ON media (hash);
`
