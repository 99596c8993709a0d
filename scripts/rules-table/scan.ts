/**
 * Finds in the sources where things are decided and tested: by the names of functions, rules and tests, as text.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type RuleName, ruleOutline } from '@neurite/protocol'

/** Where the rules are, from the root of the repository. */
export const sources = 'packages/protocol/src/'
const root = fileURLToPath(new URL('../../', import.meta.url))
const ruleNames: ReadonlySet<string> = new Set(ruleOutline.map(({ name }) => name))
const isRule = (name: string): name is RuleName => ruleNames.has(name)

export type Side = 'allow' | 'deny'

/** A function of a file that decides by a rule. */
export interface Decider {
  readonly rule: RuleName
  readonly side: Side
  readonly file: string
  readonly functionName: string
}

/** A test that asserts that a rule decides. */
export interface RuleTest {
  readonly rule: RuleName
  readonly side: Side
  readonly file: string
  readonly test: string
}

export function read(path: string): string {
  return readFileSync(`${root}${path}`, 'utf8')
}

/** The TypeScript files of a folder and those below it, sorted. */
function* scripts(folder: string): Generator<string> {
  const entries = readdirSync(`${root}${folder}`, { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = `${folder}${entry.name}`
    if (entry.isDirectory()) yield* scripts(`${path}/`)
    else if (path.endsWith('.ts')) yield path
  }
}

/** Every `allow('rule')` and `deny('rule', …)` of the authorisation rules. */
export function deciders(): Decider[] {
  return [...scripts(`${sources}auth/`)]
    .filter(file => !file.endsWith('.test.ts'))
    .flatMap(file => {
      const text = read(file)
      return Array.from(text.matchAll(/\b(allow|deny)\(\s*'([^']+)'/g), ({ 1: side, 2: rule = '', index }) => {
        if (!isRule(rule)) throw new Error(`${file} decides by ${rule}, which is no rule`)
        return { rule, side: side as Side, file, functionName: functionAround(text, index) }
      })
    })
}

function functionAround(text: string, offset: number): string {
  const names = Array.from(text.slice(0, offset).matchAll(/^(?:export )?function (\w+)/gm), ({ 1: name }) => name)
  return names.at(-1) ?? ''
}

/** Every `'allow rule'` and `'deny rule'` that a test beside the authorisation rules asserts. */
export function ruleTests(): RuleTest[] {
  return [...scripts(`${sources}auth/`)]
    .filter(file => file.endsWith('.test.ts'))
    .flatMap(file => {
      const blocks = blocksOf(read(file))
      return blocks.flatMap(({ text, name }) => {
        const asserted = text.matchAll(/'(allow|deny) ([a-z/-]+)'/g)
        // A table of cases belongs to the tests that run through it.
        const tests = testsIn(text).length > 0 ? testsIn(text) : testsThatName(name, blocks)
        return [...asserted].flatMap(({ 1: side, 2: rule = '' }) =>
          isRule(rule) ? tests.map(test => ({ rule, side: side as Side, file, test })) : [],
        )
      })
    })
}

/** A statement at the top of a file, and the name that it declares. */
interface Block {
  readonly text: string
  readonly name: string | undefined
}

function blocksOf(text: string): Block[] {
  return text.split(/^(?=(?:export )?(?:const|function|for|test)\b)/m).map(block => {
    return { text: block, name: /^(?:export )?(?:const|function) (\w+)/.exec(block)?.[1] }
  })
}

function testsThatName(name: string | undefined, blocks: readonly Block[]): string[] {
  if (name === undefined) return []
  const mention = new RegExp(`\\b${name}\\b`)
  return blocks.filter(({ text }) => mention.test(text)).flatMap(({ text }) => testsIn(text))
}

/** The names of the tests in a text; what a name takes from its case becomes an ellipsis. */
export function testsIn(text: string): string[] {
  return Array.from(text.matchAll(/\btest\(\s*(['"`])(.*?)(?<!\\)\1/g), ({ 2: name = '' }) =>
    name.replace(/\$\{[^}]*\}/g, '…').replace(/\\(.)/g, '$1'),
  )
}
