/**
 * A storage that does some things otherwise. For tests.
 */
import type { Storage } from '../src/storage/index.ts'

/** @returns the same storage, but for some of its methods */
export function storageWith(storage: Storage, methods: Partial<Storage>): Storage {
  return new Proxy(storage, {
    get: (target, name: keyof Storage) => {
      const value = methods[name] ?? target[name]
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
