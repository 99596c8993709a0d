/** Checks of a whole database: what must hold, looked at without changing anything. */
export type { Finding, Severity } from './check.ts'
export { checks } from './checks/index.ts'
export { type DoctorParts, type Examination, type ExamineOptions, examine, type Progress } from './doctor.ts'
export { examineSqlite } from './examine-sqlite.ts'
