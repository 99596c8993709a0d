/**
 * The section `client` of the configuration: what clients may do here, and how fast.
 */
import { Type } from 'typebox'
import { bytes, duration, flag, path, section } from './shapes.ts'

const rateLimit = (description: string, perMinute: number, burst: number) =>
  section(
    {
      per_minute: Type.Number({ description: 'How many a minute in the long run.', minimum: 0.1, default: perMinute }),
      burst: Type.Integer({ description: 'How many at once after a pause.', minimum: 1, default: burst }),
    },
    description,
  )

export const client = section(
  {
    public_url: Type.Optional(
      Type.String({
        description:
          'Where clients reach this server, as https://matrix.example.org: told at /.well-known/matrix/client. Absent: they know it already.',
        pattern: '^https?://',
      }),
    ),
    registration: section(
      {
        mode: Type.Union([Type.Literal('open'), Type.Literal('token'), Type.Literal('disabled')], {
          description: 'Who may open an account: anybody, whoever knows one of the tokens, or nobody.',
          default: 'disabled',
        }),
        tokens: Type.Array(Type.String({ pattern: '^[A-Za-z0-9._~-]{1,64}$' }), {
          description: 'Each opens any number of accounts, in mode `token`.',
          default: [],
        }),
        secret: path(
          'The file with the secret that opens accounts, of administrators too, whatever the mode. Made at the first start.',
          'registration.secret',
        ),
      },
      'New accounts.',
    ),
    passwords: section(
      {
        min_length: Type.Integer({ description: 'Characters at least.', minimum: 1, maximum: 256, default: 8 }),
        cost: Type.Integer({
          description:
            'How hard they are to guess from a stolen database: each step doubles time and memory; 15 is 32 MiB.',
          minimum: 10,
          maximum: 20,
          default: 15,
        }),
      },
      'Passwords, which are kept as scrypt hashes.',
    ),
    access_token_lifetime: duration('How long an access token lasts that its client can refresh.', '1 h'),
    media: section(
      {
        max_upload: bytes('The largest file that may be uploaded.', '50 MiB'),
        allow_without_token: flag('Whether the paths of old give media out to anybody.', false),
      },
      'Pictures and files.',
    ),
    rate_limits: section(
      {
        enabled: flag('Whether requests are counted at all.', true),
        request: rateLimit('Requests of one user, or of one address without a token.', 3_000, 300),
        login: rateLimit('Logins from one address.', 20, 20),
        registration: rateLimit('Registrations from one address.', 10, 10),
        media: rateLimit('Uploads and downloads of one user.', 600, 200),
      },
      'How many requests a caller may make.',
    ),
    server_notices: Type.Optional(
      section(
        {
          localpart: Type.String({ description: 'The localpart of the user whom they come from.', default: 'notices' }),
          display_name: Type.String({ description: 'What that user is called.', default: 'Server notices' }),
          room_name: Type.String({ description: 'What the room is called.', default: 'Server notices' }),
        },
        'What administrators tell users, each in a room of their own. Absent: nothing is told that way.',
      ),
    ),
    support: section(
      {
        matrix_id: Type.Optional(
          Type.String({ description: 'The user ID of whoever runs this server.', pattern: '^@' }),
        ),
        email: Type.Optional(Type.String({ description: 'The mail address of whoever runs this server.' })),
        page: Type.Optional(Type.String({ description: 'A page for those who need help.', pattern: '^https?://' })),
      },
      'Whom to ask for help: told at /.well-known/matrix/support.',
    ),
  },
  'Clients and their users.',
)
