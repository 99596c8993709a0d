/**
 * User-interactive authentication of a request: challenges the client until it has completed the stages of a flow. Client-server API,
 * "User-Interactive Authentication API".
 */
import type { UserId } from '@neurite/protocol'
import type { ClientContext } from '../context.ts'
import type { RequestFacts } from '../endpoint.ts'
import { ClientError, forbidden } from '../errors.ts'
import type { InteractiveSession, StageName } from './sessions.ts'
import { AnotherUser, tryStage } from './stages.ts'

/** What an endpoint asks for. */
export interface InteractiveRequest {
  readonly context: ClientContext
  readonly request: RequestFacts
  /** The body: its `auth` is what the client shows. */
  readonly body: { readonly auth?: unknown } | undefined
  /** Stages in order; any one flow will do. */
  readonly flows: readonly (readonly StageName[])[]
  /** Whose password counts; undefined: of any account that the client names. */
  readonly userId: UserId | undefined
}

export interface InteractiveResult {
  /** Who has shown a password; undefined where no stage asked for one. */
  readonly userId: UserId | undefined
}

type AuthenticationData = Readonly<Record<string, unknown>>

/**
 * @returns when a flow is complete; the session is over then
 * @throws {ClientError} 401 with the challenge until then; `M_FORBIDDEN` where somebody else has shown who they are
 */
export async function authenticateUser(asked: InteractiveRequest): Promise<InteractiveResult> {
  const { context, request, body, flows, userId } = asked
  const { interactive } = context
  const name = `${request.method} ${request.path} ${userId ?? ''}`
  const auth = isObject(body?.auth) ? body.auth : {}
  const session = sessionOf(context, auth, name)
  let shown: UserId | undefined
  if (typeof auth['type'] === 'string') {
    const stage = auth['type']
    if (!nextStages(flows, session.completed).has(stage as StageName))
      throw challenge(asked, session, forbidden(`${stage} is no stage that comes next`))
    try {
      shown = await tryStage(stage as StageName, auth, asked)
    } catch (error) {
      const mayTryAgain = error instanceof ClientError && error.status < 429 && !(error instanceof AnotherUser)
      throw mayTryAgain ? challenge(asked, session, error) : error
    }
    session.completed.push(stage as StageName)
  }
  if (!flows.some(flow => flow.length === session.completed.length && startsWith(flow, session.completed)))
    throw challenge(asked, session)
  if (interactive.find(session.id) === undefined) throw challenge(asked, interactive.begin(name))
  interactive.end(session.id)
  return { userId: shown ?? userId }
}

function sessionOf({ interactive }: ClientContext, auth: AuthenticationData, request: string): InteractiveSession {
  const { session: id } = auth
  const session = typeof id === 'string' ? interactive.find(id) : undefined
  if (session === undefined) return interactive.begin(request)
  if (session.request !== request) throw forbidden('this session of authentication was begun for another request')
  return session
}

function nextStages(flows: InteractiveRequest['flows'], completed: readonly StageName[]): Set<StageName> {
  const next = flows.filter(flow => startsWith(flow, completed)).map(flow => flow[completed.length])
  return new Set(next.filter(stage => stage !== undefined))
}

function startsWith(flow: readonly StageName[], completed: readonly StageName[]): boolean {
  return completed.every((stage, at) => flow[at] === stage)
}

/** The 401 that tells a client what to do next, and why what it did was not good. */
function challenge(
  { flows }: InteractiveRequest,
  session: InteractiveSession,
  refusal?: ClientError,
): InteractiveChallenge {
  return new InteractiveChallenge({
    ...(refusal === undefined ? {} : { errcode: refusal.errcode, error: refusal.message }),
    flows: flows.map(stages => ({ stages })),
    params: {},
    session: session.id,
    ...(session.completed.length === 0 ? {} : { completed: session.completed }),
  })
}

/** Not an error in the standard form: it is the next step of a conversation. */
export class InteractiveChallenge extends Error {
  readonly body: Readonly<Record<string, unknown>>

  constructor(body: Readonly<Record<string, unknown>>) {
    super('user-interactive authentication goes on')
    this.name = 'InteractiveChallenge'
    this.body = body
  }
}

function isObject(value: unknown): value is AuthenticationData {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
