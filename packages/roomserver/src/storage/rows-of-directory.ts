/**
 * Rows that belong to no commit of a room: where rooms are found, who was invited from outside, who forgot, blocked, reported or
 * peeks. They name rooms by ID, since most may be about rooms that are not stored. Times are milliseconds since 1970.
 */

/** An alias of this server and where it leads. */
export interface AliasRow {
  readonly alias: string
  readonly roomId: string
  /** User ID. */
  readonly creator: string
  readonly createdAt: number
}

/** A room in the list of published rooms. Client-server API, "Listing rooms". */
export interface PublishedRow {
  readonly roomId: string
  /** The third-party network whose list it is in; empty: none, the server's own list. */
  readonly network: string
  /** The application service that published it; empty: none did. */
  readonly appservice: string
}

/** An invite or a knock of a local user for a room that this server is not in. Server-server API, "Inviting to a room". */
export interface InviteRow {
  readonly roomId: string
  /** User ID of who is invited, or knocks. */
  readonly user: string
  readonly kind: 'invite' | 'knock'
  readonly eventId: string
  readonly sender: string
  readonly roomVersion: string
  /** The member event in federation form. */
  readonly pdu: string
  /** The state of the room that came with it: JSON, a list of events. */
  readonly state: string
  readonly receivedAt: number
}

/** A room that nobody of this server may join. */
export interface BlockedRoomRow {
  readonly roomId: string
  /** User ID. */
  readonly by: string
  readonly reason: string
  readonly at: number
}

/** An event that a user finds objectionable. Client-server API, "Reporting content". */
export interface ReportRow {
  /** Rises from report to report, and is never used twice. */
  readonly id: number
  readonly roomId: string
  readonly eventId: string
  /** User ID. */
  readonly reporter: string
  readonly reason: string | undefined
  readonly score: number | undefined
  readonly at: number
}

/**
 * A room that was joined without the members of its state, which are being fetched. Until that is done the servers that the room was said
 * to have are asked and told like those whose members are known. Server-server API, "PUT /send_join", `omit_members`.
 */
export interface PartialJoinRow {
  readonly roomId: string
  /** The join whose state before is not whole. */
  readonly eventId: string
  /** The server that the user joined by. */
  readonly via: string
  /** JSON, a list: the servers with joined members before the join, by the word of that one. */
  readonly servers: string
  readonly joinedAt: number
}

/** A device of a local user that looks into a room without joining it. */
export interface PeekRow {
  readonly roomId: string
  readonly user: string
  readonly device: string
}

/** Another server that looks into a room of ours. */
export interface InboundPeekRow {
  readonly roomId: string
  readonly server: string
  /** As the other server named it. */
  readonly peekId: string
  /** Milliseconds after which it ends unless it is renewed. */
  readonly renewalInterval: number
  readonly renewedAt: number
}
