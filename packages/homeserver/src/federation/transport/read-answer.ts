/** Reading what comes in: whole as text, or lists element by element. */
import type { ServerName } from '@neurite/protocol'
import type { Timers } from '@neurite/roomserver/runtime'
import { MalformedAnswer } from './errors.ts'
import { maxEventTextBytes, maxListedEvents } from './limits.ts'
import { ListReader, type ListReaderOptions, type TakeElement } from './list-reader.ts'
import type { IncomingAnswer } from './outgoing-request.ts'
import { ListReaderError } from './value-scanner.ts'

/** Other work gets its turn after so many bytes: some milliseconds of reading. */
const bytesInARow = 1_024 * 1_024
/** Bytes of a key's value that is no list of events: a list of servers, one event. */
const maxValueBytes = 16 * 1_024 * 1_024

/** More than was asked for. */
export class TooLarge extends Error {
  constructor(maxBytes: number) {
    super(`more than ${maxBytes} bytes`)
    this.name = 'TooLarge'
  }
}

/**
 * The whole body as text. What is not UTF-8 comes out as U+FFFD, which no JSON that matters has.
 * @throws {TooLarge}; see {@link IncomingAnswer.chunks}
 */
export async function readText(answer: Pick<IncomingAnswer, 'chunks'>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of answer.chunks()) {
    size += chunk.length
    if (size > maxBytes) throw new TooLarge(maxBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** What is to be read, and for whom errors name it. */
export interface ListsWanted {
  readonly server: ServerName
  readonly name: string
  readonly lists: ListReaderOptions['lists']
  readonly optional?: readonly string[]
  readonly values?: readonly string[]
}

/**
 * Hands out the elements of lists as they come in. The event loop is not held up, however fast they come.
 * @returns the kept values, as text
 * @throws {MalformedAnswer} where it is not such an object; see {@link IncomingAnswer.chunks}
 */
export async function readLists(
  answer: Pick<IncomingAnswer, 'chunks'>,
  { server, name, lists, optional = [], values = [] }: ListsWanted,
  take: TakeElement,
  timers: Timers,
): Promise<ReadonlyMap<string, string>> {
  const limits = { maxElementBytes: maxEventTextBytes, maxElements: maxListedEvents, maxValueBytes }
  const reader = new ListReader({ lists, values, ...limits }, take)
  let sinceYield = 0
  try {
    for await (const chunk of answer.chunks()) {
      reader.push(chunk)
      sinceYield += chunk.length
      if (sinceYield < bytesInARow) continue
      sinceYield = 0
      await timers.yieldNow()
    }
    const kept = reader.end()
    const missing = Object.keys(lists).find(list => !reader.has(list) && !optional.includes(list))
    if (missing !== undefined) throw new ListReaderError(`it has no ${missing}`)
    return kept
  } catch (cause) {
    if (cause instanceof ListReaderError) throw new MalformedAnswer(server, name, cause.message, { cause })
    throw cause
  }
}
