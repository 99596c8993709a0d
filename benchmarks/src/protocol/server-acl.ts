/**
 * Asking server ACLs with very long lists. m.room.server_acl.
 */
import { compileServerAcl, type ServerName } from '@neurite/protocol'
import { type Benchmark, timeFigure } from '../figure.ts'
import { measure, type Subject, type Times } from '../measure.ts'

const entryCount = 10_000

/** Deny lists of one kind of entry each. */
const lists: readonly (readonly [name: string, entry: (index: number) => string])[] = [
  ['names', index => `evil${index}.example.com`],
  ['*.domain', index => `*.evil${index}.example.com`],
  ['globs', index => `*spam${index}?.*.example.*`],
]

const servers = Array.from(
  { length: 100 },
  (_, index) => `matrix${index}.some-university.example.org:8448` as ServerName,
)

export const serverAclBenchmark: Benchmark = {
  name: 'protocol/server-acl',
  measures: `one server against a deny list of ${entryCount.toLocaleString('en')} entries`,
  run() {
    const subjects: Subject[] = lists.flatMap(([name, entry]) => {
      const content = { allow: ['*'], deny: Array.from({ length: entryCount }, (_, index) => entry(index)) }
      const acl = compileServerAcl(content)
      return [
        { name: `${name}: asking`, operations: servers.length, run: () => servers.filter(s => acl.allows(s).allowed) },
        { name: `${name}: preparing the list`, operations: 1, run: () => compileServerAcl(content) },
      ]
    })
    const times = measure(subjects)
    return subjects.map(({ name }, index) => timeFigure(name, 'µs', times[index] as Times))
  },
}
