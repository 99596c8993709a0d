/**
 * Runs the examples of a README as a reader would, so that it cannot rot: every ```ts block is a program of its own, is
 * checked for types, and must print what its comments promise. `console.log(x) // y` promises the line `y`.
 */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const runFile = promisify(execFile)

export interface Example {
  /** The heading above it. */
  readonly title: string
  readonly code: string
  /** The lines that it says it prints. */
  readonly promised: readonly string[]
}

/** The examples of a text, in order. */
export function examplesIn(markdown: string): Example[] {
  const examples: Example[] = []
  let title = ''
  for (const [, heading, code] of markdown.matchAll(/^#+ (.*)$|^```ts\n([\s\S]*?)^```$/gm)) {
    if (heading !== undefined) title = heading
    else if (code !== undefined) examples.push({ title, code, promised: promisedIn(code) })
  }
  return examples
}

function promisedIn(code: string): string[] {
  return [...code.matchAll(/^[ \t]*console\.log\(.*\) \/\/ (.*)$/gm)].map(match => match[1] as string)
}

/** A folder in which the examples of one README lie as files, with this project's packages at hand. */
export class ExampleFolder {
  readonly examples: readonly Example[]
  readonly #folder: string

  private constructor(folder: string, examples: readonly Example[]) {
    this.#folder = folder
    this.examples = examples
  }

  /** @param readme its path from the root of the repository */
  static async of(readme: string): Promise<ExampleFolder> {
    const examples = examplesIn(await readFile(join(root, readme), 'utf8'))
    const folder = await mkdtemp(join(tmpdir(), 'neurite-readme-'))
    await mkdir(join(folder, 'src'))
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
    await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
    const config = { extends: join(root, 'tsconfig.json'), include: ['src'] }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
    for (const [index, { code }] of examples.entries()) await writeFile(join(folder, fileOf(index)), code)
    return new ExampleFolder(folder, examples)
  }

  /** @returns what is wrong with the types of all examples, as the compiler says it; empty where nothing is */
  async typeErrors(): Promise<string> {
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    return outputOf(process.execPath, [compiler, '-p', this.#folder, '--pretty', 'false'], this.#folder)
  }

  /** Runs one example. @returns the lines that it prints @throws where it fails */
  async run(index: number): Promise<string[]> {
    const { stdout } = await runFile(process.execPath, [fileOf(index)], { cwd: this.#folder })
    return stdout.split('\n').slice(0, -1)
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }
}

function fileOf(index: number): string {
  return `src/example-${index + 1}.ts`
}

/** What a program prints; that it fails is no error here. */
async function outputOf(command: string, args: readonly string[], cwd: string): Promise<string> {
  try {
    return (await runFile(command, args, { cwd })).stdout
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string }
    return `${stdout ?? ''}${stderr ?? ''}` || String(error)
  }
}
