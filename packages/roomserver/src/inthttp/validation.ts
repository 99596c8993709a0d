/**
 * Requests and answers against their schemas. Validators are compiled at first use: a process uses few of the operations at once.
 */
import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'

type Validator = ReturnType<typeof Compile>

const validators = new WeakMap<TSchema, Validator>()

function validatorOf(schema: TSchema): Validator {
  let validator = validators.get(schema)
  if (validator === undefined) {
    validator = Compile(schema)
    validators.set(schema, validator)
  }
  return validator
}

/** Whether a value fits; what does not is named by {@link misfit}. */
export function fits<S extends TSchema>(schema: S, value: unknown): value is Static<S> {
  return validatorOf(schema).Check(value)
}

/** The first thing that does not fit, as a sentence: where it is, and what is wrong with it. */
export function misfit(schema: TSchema, value: unknown): string {
  const errors = [...validatorOf(schema).Errors(value)]
  // Of nested findings the deepest says most: "unknown key" rather than "does not fit".
  const [deepest] = errors.sort((a, b) => b.instancePath.length - a.instancePath.length)
  if (deepest === undefined) return 'it does not fit'
  const place = deepest.instancePath === '' ? 'the request' : deepest.instancePath.slice(1).replaceAll('/', '.')
  const unknown = deepest.keyword === 'boolean' ? 'is not known here' : deepest.message
  return `${place} ${unknown}`
}
