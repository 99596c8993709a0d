/** Who may what, besides the authorisation rules: what a server decides that lets somebody in or shows something. */
export { type HistoryVisibility, historyVisibility, maySee, type VisibilityAt } from './history-visibility.ts'
export {
  conditionRooms,
  isRestricted,
  type RestrictedJoin,
  type RestrictedJoinRoom,
  restrictedJoin,
} from './restricted-join.ts'
