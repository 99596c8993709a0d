/**
 * The documents name files and tests as they are: whatever a page links to is there, whatever it names in code by a path is the end of a
 * path that there is, and a link to a test file is called as a test in it is.
 */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
/** Folders that hold nothing of ours. */
const leftOut = new Set(['node_modules', '.git', 'dist', 'data', '.cache'])

/** Paths from the root; of folders with a slash at the end. */
function* paths(folder = ''): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    if (leftOut.has(entry.name)) continue
    const path = `${folder}${entry.name}`
    if (!entry.isDirectory()) yield path
    else {
      yield `${path}/`
      yield* paths(`${path}/`)
    }
  }
}

const house = [...paths()]
const documents = house.filter(path => /^docs\/.*\.md$|^[A-Z]+\.md$|\/README\.md$/.test(path))

interface Link {
  readonly text: string
  /** From the root. */
  readonly target: string
}

/** What a page links to inside the repository. */
function linksOf(document: string, markdown: string): Link[] {
  return [...markdown.matchAll(/\[((?:\\.|[^\]\\])*)\]\(([^)\s]+)\)/g)]
    .filter(([, , target = '']) => !/^[a-z]+:|^#/.test(target))
    .map(([, text = '', target = '']) => ({
      text: text.replaceAll(/\\(.)/g, '$1'),
      target: relative(root, join(root, dirname(document), target.replace(/#.*$/, '')))
        .split(sep)
        .join('/'),
    }))
}

/** Pages whose links to test files are the names of tests. */
const naming = new Set(['docs/rules.md', 'docs/contract.md'])

/** Paths of sources that a page names in code, and folders. A file called `x` stands for any. */
function namedPaths(markdown: string): string[] {
  const prose = markdown.replaceAll(/^```[\s\S]*?^```$/gm, '')
  return [...prose.matchAll(/`(?!x\.)([a-z][\w-]*(?:\/[\w-]+)*(?:(?:\.[\w-]+)*\.(?:ts|mjs|md|svg)|\/))`/g)].map(
    ([, path = '']) => path,
  )
}

/** Whether a name, in which `…` stands for anything, is that of a test in a source. */
function namesTest(name: string, source: string): boolean {
  const parts = name.split('…').map(part => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  // The least that `…` may stand for is what a template has in its place, or the end of a long name.
  return new RegExp(parts.join('.*')).test(source)
}

for (const document of documents) {
  const markdown = readFileSync(join(root, document), 'utf8')

  test(`${document} links to what is there`, () => {
    const lost = linksOf(document, markdown).filter(({ target }) => !existsSync(join(root, target)))
    assert.deepEqual(lost, [])
  })

  test(`${document} names files and folders as they are`, () => {
    const lost = namedPaths(markdown).filter(named => !house.some(path => `/${path}`.endsWith(`/${named}`)))
    assert.deepEqual(lost, [])
  })

  if (!naming.has(document)) continue
  test(`${document} names tests as they are`, () => {
    const lost = linksOf(document, markdown)
      .filter(
        ({ text, target }) => target.endsWith('.test.ts') && !text.endsWith('.ts') && existsSync(join(root, target)),
      )
      .filter(({ text, target }) => !namesTest(text, readFileSync(join(root, target), 'utf8')))
    assert.deepEqual(lost, [])
  })
}

test('links, paths and names are found, and wrong ones told from right ones', () => {
  assert.deepEqual(linksOf('docs/x.md', '[a \\[b\\]](../y.ts#z) [c](https://example.org) [d](#e)'), [
    { text: 'a [b]', target: 'y.ts' },
  ])
  assert.deepEqual(namedPaths('`a/b.ts`, `c/`, `/d/e.ts`, `f`\n```\n`g.ts`\n```\n'), ['a/b.ts', 'c/'])
  assert.ok(namesTest('version …: it holds', 'test(`version $v: it holds`, f)'))
  assert.ok(!namesTest('it holds', "test('it does not', f)"))
})
