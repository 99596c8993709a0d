/**
 * Objects that inherit nothing, so that `object['constructor']` is undefined unless the JSON had such a key.
 * Follows no section: it is how `parseJson` makes JSON objects.
 */
import type { JsonValue } from './json-value.ts'

/**
 * Its instances have an empty, frozen prototype. To look things up that is as good as none, and V8 lays them out as
 * records: `{ __proto__: null }` would be a hash table (nearly twice the memory, reads four times as slow), and taking
 * the prototype away from `{}` makes parsing a sixth slower.
 */
export class BareObject {
  [key: string]: JsonValue
}
Object.setPrototypeOf(BareObject.prototype, null)
Reflect.deleteProperty(BareObject.prototype, 'constructor')
Object.freeze(BareObject.prototype)
