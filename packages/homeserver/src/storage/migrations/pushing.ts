/** How far each pusher was sent what happened: a position of the timeline. What was before it was set is of no interest to it. */
export const pusherPositions = `
ALTER TABLE pushers ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
UPDATE pushers SET position = (SELECT position FROM room_index);
`
