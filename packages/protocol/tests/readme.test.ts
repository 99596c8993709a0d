import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ExampleFolder, examplesIn } from './readme-examples.ts'

for (const [readme, least] of [
  ['packages/protocol/README.md', 5],
  ['README.md', 2],
] as const)
  test(`the examples in ${readme} compile and print what they say`, async t => {
    const folder = await ExampleFolder.of(readme)
    t.after(() => folder.remove())
    const { examples } = folder
    assert.ok(examples.length >= least, `there are ${examples.length} examples, not ${least}`)
    assert.equal(await folder.typeErrors(), '')
    for (const [index, { title, promised }] of examples.entries())
      await t.test(title, async () => {
        assert.ok(promised.length > 0, 'the example promises nothing')
        assert.deepEqual(await folder.run(index), promised)
      })
  })

test('an example is found with its heading and what it says it prints', () => {
  const markdown =
    '# One\n\n```ts\nconsole.log(1) // 1\n  console.log([2]) // [ 2 ]\nf() // no promise\n```\n\n```sh\nls\n```\n'
  const [example, ...others] = examplesIn(markdown)
  assert.deepEqual(others, [])
  assert.equal(example?.title, 'One')
  assert.deepEqual(example?.promised, ['1', '[ 2 ]'])
})
