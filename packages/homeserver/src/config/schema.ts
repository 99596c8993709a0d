/**
 * The configuration: every key with its type, its default and what it is for. The YAML file, the environment, `neurite config` and
 * docs/configuration.md are all read off this.
 */
import { type Static, Type } from 'typebox'
import { client } from './client-section.ts'
import { bytes, duration, flag, network, path, section } from './shapes.ts'

export const listener = section(
  {
    address: Type.String({ description: 'The address to listen on.', default: '127.0.0.1' }),
    port: Type.Integer({
      description: 'The port; 0 takes any that is free.',
      minimum: 0,
      maximum: 65_535,
      default: 8008,
    }),
    serve: Type.Array(
      Type.Union([
        Type.Literal('client'),
        Type.Literal('federation'),
        Type.Literal('room_server'),
        Type.Literal('metrics'),
      ]),
      { description: 'Which parts answer here.', default: ['client', 'federation', 'room_server', 'metrics'] },
    ),
    tls: Type.Optional(
      section(
        {
          certificate: path('The certificate chain, PEM.', 'tls.crt'),
          key: path('Its private key, PEM.', 'tls.key'),
        },
        'TLS by the server itself. Absent: plain HTTP, as behind a proxy.',
      ),
    ),
    trusted_proxies: Type.Array(network, {
      description:
        'Proxies whose `X-Forwarded-For` is believed, as 10.0.0.0/8 or a single address: limits and `whois` count the address that it names.',
      default: [],
    }),
  },
  'A place to listen at.',
)

export const configuration = section(
  {
    server_name: Type.String({
      description:
        'The name that user IDs and aliases of this server end in. It can never be changed once there are users.',
      default: 'localhost',
      minLength: 1,
      maxLength: 230,
    }),
    data_directory: path(
      'Where database, keys, secrets and media are kept. Relative paths below count from here.',
      './data',
    ),
    listen: Type.Array(listener, { description: 'Where to listen.', default: [{}], minItems: 1, maxItems: 32 }),
    database: section({ path: path('The SQLite database.', 'neurite.db') }, 'Where everything is stored.'),
    signing_key: path('The key that events are signed with. Made at the first start.', 'signing.key'),
    room_server: section(
      {
        secret: path(
          'The file with the secret that callers of the room server show. Made at the first start.',
          'room-server.secret',
        ),
      },
      'The contract of the room server over HTTP.',
    ),
    rooms: section(
      {
        default_version: Type.String({ description: 'The version of new rooms.', default: '12' }),
        partial_joins: flag(
          'Whether rooms of other servers are joined without their members, which are fetched afterwards: a large room can be used within seconds.',
          true,
        ),
        max_join_complexity: Type.Optional(
          Type.Number({
            description:
              'How complex rooms of other servers may be that users join: entries of their state, members among them, over 500. Absent: any.',
            exclusiveMinimum: 0,
          }),
        ),
        admins_join_any: flag('Whether administrators may join rooms that are more complex than that.', false),
        cache: bytes('What the caches of state and events may hold together.', '256 MiB'),
      },
      'Rooms.',
    ),
    client,
    application_services: Type.Array(Type.String({ minLength: 1 }), {
      description: 'The registration files of bridges and other application services, YAML.',
      default: [],
    }),
    federation: section(
      {
        allow_private_addresses: Type.Union([Type.Literal(true), Type.Literal(false), Type.Literal('automatic')], {
          description:
            'Whether servers may be found at loopback, private and other special addresses. Automatic: only where this server is named localhost or by such an address.',
          default: 'automatic',
        }),
        denied_addresses: Type.Array(network, {
          description: 'Networks that are never connected to, as 203.0.113.0/24 or a single address.',
          default: [],
        }),
        verify_certificates: flag(
          'Whether other servers must show certificates that are valid for them. Only tests can do without.',
          true,
        ),
        trusted_certificates: Type.Array(Type.String({ minLength: 1 }), {
          description: 'PEM files with authorities that are believed besides those of Node and of the system.',
          default: [],
        }),
        trusted_key_servers: Type.Array(Type.String({ minLength: 1 }), {
          description:
            'Servers that are asked for the keys of others that do not answer themselves. They can pose as servers that are gone; without any, events of those cannot be checked, and large rooms stay incomplete.',
          default: ['matrix.org'],
        }),
        allowed_servers: Type.Array(Type.String({ minLength: 1 }), {
          description: 'The other servers that this one talks to; `*` and `?` stand for many characters and for one.',
          default: ['*'],
        }),
        denied_servers: Type.Array(Type.String({ minLength: 1 }), {
          description: 'Servers that this one does not talk to, also where they are allowed.',
          default: [],
        }),
        well_known_server: Type.Optional(
          Type.String({
            description:
              'Where other servers reach this one, as example.org:443: what /.well-known/matrix/server says. Absent: there is none.',
            minLength: 1,
          }),
        ),
      },
      'Other servers.',
    ),
    moderation: section(
      {
        spam_check: Type.Optional(
          section(
            {
              module: Type.String({
                description: 'The file of the module, JavaScript or TypeScript.',
                minLength: 1,
              }),
              within: duration('How long a check may take. Events of a room wait for it.', '5 s'),
              when_it_fails: Type.Union([Type.Literal('allow'), Type.Literal('refuse')], {
                description: 'What counts where a check throws or takes too long.',
                default: 'allow',
              }),
            },
            'A module of your own that is asked before local users do something, and of what others send. Absent: none.',
          ),
        ),
      },
      'What is not wanted here.',
    ),
    log: section(
      {
        level: Type.Union(
          [
            Type.Literal('fatal'),
            Type.Literal('error'),
            Type.Literal('warn'),
            Type.Literal('info'),
            Type.Literal('debug'),
            Type.Literal('trace'),
            Type.Literal('silent'),
          ],
          { description: 'What is logged: this level and those before it.', default: 'info' },
        ),
        format: Type.Union([Type.Literal('text'), Type.Literal('json')], {
          description: 'Lines for people, or one JSON object a line.',
          default: 'text',
        }),
      },
      'The log, on standard error.',
    ),
    shutdown_within: duration('How long what has begun may take to end when the server stops.', '10 s'),
  },
  'The configuration of Neurite.',
)

export type Configuration = Static<typeof configuration>
export type Listener = Static<typeof listener>
