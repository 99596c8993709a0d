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

/** Something that does not fit its schema. */
export interface Misfit {
  /** Keys from the top, with dots between; empty for the whole. */
  readonly place: string
  readonly problem: string
}

/** All that does not fit, what is deepest first: of nested findings it says most. */
export function misfits(schema: TSchema, value: unknown): Misfit[] {
  const errors = [...validatorOf(schema).Errors(value)]
  errors.sort((a, b) => b.instancePath.length - a.instancePath.length)
  return errors.map(({ instancePath, keyword, message, params }) => {
    const place = instancePath.slice(1).replaceAll('/', '.')
    if (keyword === 'boolean') return { place, problem: 'it is not known here' }
    // One finding for each value that it could have had.
    const choices = errors.filter(other => other.instancePath === instancePath && other.keyword === 'const')
    if (choices.length > 1) return { place, problem: `must be one of ${choices.map(constantOf).join(', ')}` }
    if (keyword === 'const') return { place, problem: `must be ${constantOf({ params })}` }
    return { place, problem: message }
  })
}

function constantOf({ params }: { readonly params: unknown }): string {
  return JSON.stringify((params as { readonly allowedValue?: unknown }).allowedValue)
}

/** The first of them as a sentence. */
export function misfit(schema: TSchema, value: unknown): string {
  const [first] = misfits(schema, value)
  if (first === undefined) return 'it does not fit'
  return first.place === '' ? first.problem : `${first.place}: ${first.problem}`
}
