/**
 * The server as a newcomer meets it: started, tried with the commands that it prints, stopped, started again.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'neurite-start-'))
const running = new Set<ChildProcess>()
after(() => {
  for (const child of running) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

const environment = { ...process.env, NEURITE_DATA_DIRECTORY: join(folder, 'data') }
/** Any port that is free. */
const configuration = join(folder, 'neurite.yaml')
writeFileSync(configuration, 'listen: [{ port: 0 }]\n')

interface Started {
  readonly child: ChildProcess
  readonly lines: readonly string[]
}

/** Starts a server, and waits until it has said what there is to try. */
async function start(): Promise<Started> {
  const child = spawn(process.execPath, [cli, 'start', '--config', configuration], { cwd: folder, env: environment })
  running.add(child)
  let text = ''
  child.stdout.setEncoding('utf8')
  for await (const part of child.stdout) {
    text += part
    if (text.includes('openapi.json')) break
  }
  return { child, lines: text.split('\n') }
}

async function stop({ child }: Started): Promise<number | null> {
  child.kill('SIGTERM')
  const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode]
  running.delete(child)
  return code
}

/** Runs one of the commands that the server printed, with the room in its place. */
async function run(command: string, roomId = ''): Promise<Record<string, unknown>> {
  const line = command.trim().replace('ROOM', roomId)
  const { stdout } = await promisify(execFile)('sh', ['-c', line], { cwd: folder })
  return JSON.parse(stdout)
}

const commandsOf = ({ lines }: Started) => lines.filter(line => line.startsWith('  curl'))

test('a server starts, its three commands work, and the next start has the room of the first', async () => {
  const first = await start()
  const [create, send, read] = commandsOf(first)
  assert.ok(create !== undefined && send !== undefined && read !== undefined, first.lines.join('\n'))
  const { roomId } = await run(create)
  assert.equal(typeof roomId, 'string')
  const { eventId } = await run(send, `${roomId}`)
  assert.match(`${eventId}`, /^\$/)
  const { state } = (await run(read, `${roomId}`)) as { state: { pdu: string }[] }
  const names = state.map(({ pdu }) => JSON.parse(pdu)).filter(({ type }) => type === 'm.room.name')
  assert.deepEqual(
    names.map(({ content }) => content),
    [{ name: 'Hall' }],
  )
  assert.equal(await stop(first), 0)

  const second = await start()
  const [, , again] = commandsOf(second)
  const after = (await run(again as string, `${roomId}`)) as { state: unknown[] }
  assert.deepEqual(after.state, state)
  const neurite = (...args: string[]) =>
    promisify(execFile)(process.execPath, [cli, ...args], { cwd: folder, env: environment })
  const database = join(folder, 'data', 'neurite.db')
  const rooms = await neurite('rooms', '--database', database, '--json')
  assert.equal(JSON.parse(rooms.stdout).room.roomId, roomId)
  const explained = await neurite('explain', `${eventId}`, '--database', database)
  assert.match(explained.stdout, /verdict {5}accepted/)
  assert.match((await neurite('check', database)).stdout, / 0 findings/)
  assert.equal(await stop(second), 0)
})

test('a second server on the same data says who holds it, and a wrong configuration names the key', async () => {
  const first = await start()
  const refused = await promisify(execFile)(process.execPath, [cli, 'start', '--config', configuration], {
    ...{ cwd: folder, env: environment },
  }).catch(error => error)
  assert.equal(refused.code, 2)
  assert.match(refused.stderr, /neurite\.db cannot be opened/)
  await stop(first)
  const wrong = join(folder, 'wrong.yaml')
  writeFileSync(wrong, 'server_nam: localhost\n')
  const misspelt = await promisify(execFile)(process.execPath, [cli, 'start', '--config', wrong], {
    ...{ cwd: folder, env: environment },
  }).catch(error => error)
  assert.equal(misspelt.code, 2)
  assert.match(misspelt.stderr, /server_nam/)
})
