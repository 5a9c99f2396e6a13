/**
 * Which room may import which, types included. A room is a folder with all that is below it, or a file. A target is a
 * room, or one file of it, where the rest of that room is none of the importer's business. What is not here is red.
 */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  // Words of their own: they know nobody.
  'src/causes': [],
  'src/cause.ts': ['src/causes'],
  'src/failure.ts': [],
  'src/metrics.ts': [],
  'src/log.ts': ['src/cause.ts'],
  'src/secrets': [],
  'src/match': [],
  'src/text': ['src/failure.ts'],
  'src/consent': ['src/secrets/keys.ts'],
  models: [],

  // Photo to faces. Whoever holds a Face knows face.ts; only who starts processes knows the pool.
  'src/face': ['models', 'src/cause.ts', 'src/failure.ts'],
  'src/evaluate': ['models', 'src/face/face.ts', 'src/face/pool.ts', 'src/failure.ts', 'src/match'],

  // Ports and their adapters, which never know each other.
  'src/queue': ['src/failure.ts'],
  'src/gallery': ['src/consent'],
  'src/gallery/rules': ['src/consent', 'src/failure.ts', 'src/gallery/gallery.ts', 'src/secrets'],
  'src/gallery/sqlite': ['src/consent', 'src/failure.ts', 'src/gallery', 'src/gallery/rules', 'src/secrets'],
  'src/gallery/elasticsearch': [
    'infra/elasticsearch',
    'src/consent',
    'src/failure.ts',
    'src/gallery',
    'src/gallery/rules',
    'src/secrets',
  ],

  // The way of an ask. A bot goes it too: it loads no model and no image library.
  'src/chat': [
    'src/consent',
    'src/face/face.ts',
    'src/failure.ts',
    'src/gallery/gallery.ts',
    'src/log.ts',
    'src/match/verdict.ts',
    'src/metrics.ts',
    'src/queue/pending.ts',
    'src/queue/queue.ts',
    'src/secrets',
    'src/text',
  ],
  commands: [
    'src/chat',
    'src/consent',
    'src/face/face.ts',
    'src/face/selfie.ts',
    'src/failure.ts',
    'src/gallery/gallery.ts',
    'src/match',
    'src/text',
  ],
  'src/housekeeping': [
    'src/chat',
    'src/consent',
    'src/failure.ts',
    'src/log.ts',
    'src/queue/pending.ts',
    'src/secrets',
  ],

  // Platforms, which never know each other.
  'src/bots': ['src/failure.ts'],
  'src/bots/discord': ['src/bots', 'src/chat', 'src/consent/who.ts', 'src/failure.ts', 'src/log.ts', 'src/text'],
  'src/bots/telegram': ['src/bots', 'src/chat', 'src/consent/who.ts', 'src/failure.ts', 'src/log.ts', 'src/text'],
  'src/bots/page': [
    'src/chat',
    'src/consent/who.ts',
    'src/failure.ts',
    'src/log.ts',
    'src/match/matcher.ts',
    'src/match/verdict.ts',
    'src/text',
  ],

  // Builds the parts, and decides nothing.
  'src/config.ts': [],
  'src/ops.ts': ['src/metrics.ts'],
  'src/app': [
    'commands/index.ts',
    'models',
    'src/bots/discord',
    'src/bots/page',
    'src/bots/telegram',
    'src/chat',
    'src/config.ts',
    'src/consent',
    'src/failure.ts',
    'src/gallery/elasticsearch',
    'src/gallery/gallery.ts',
    'src/gallery/sqlite',
    'src/log.ts',
    'src/match/matcher.ts',
    'src/metrics.ts',
    'src/queue',
    'src/secrets',
  ],
  'src/app.ts': [
    'models/pack.ts',
    'src/app',
    'src/chat',
    'src/config.ts',
    'src/face/pool.ts',
    'src/housekeeping',
    'src/log.ts',
    'src/ops.ts',
    'src/queue',
  ],
  'src/cli': [
    'models/pack.ts',
    'package.json',
    'src/app',
    'src/app.ts',
    'src/config.ts',
    'src/consent',
    'src/evaluate',
    'src/face/face.ts',
    'src/face/pool.ts',
    'src/failure.ts',
    'src/housekeeping/sweep.ts',
    'src/log.ts',
    'src/match/matcher.ts',
    'src/text/words.ts',
  ],
  'src/main.ts': ['src/cli/run.ts'],

  // What any Node can read: it finds one that can read the rest.
  bin: ['src/main.ts'],
  'infra/install': ['bin/packaged-node.js'],

  'infra/elasticsearch': [],
  'infra/services': [],
  'package.json': [],
};

const STORES = ['src/gallery/sqlite', 'src/queue'];
const FILES = [
  'bin',
  'infra/install',
  'infra/services',
  'models',
  'src/bots/page',
  'src/bots/telegram',
  'src/cli',
  'src/evaluate',
  'src/secrets',
];

/**
 * In which rooms a package, or a part of Node that reaches out of the program, may be imported: one vendor, one folder.
 * What is not here is red.
 */
export const PACKAGES: Readonly<Record<string, readonly string[] | 'everywhere'>> = {
  '@discordjs/rest': ['src/bots/discord'],
  '@elastic/elasticsearch': ['src/gallery/elasticsearch'],
  '@fastify/busboy': ['src/bots/page'],
  '@hono/node-server': ['src/bots/page'],
  bullmq: ['src/queue'],
  'discord-api-types': ['src/bots/discord'],
  'discord.js': ['src/bots/discord'],
  grammy: ['src/bots/telegram'],
  hono: ['src/bots/page'],
  ioredis: ['src/queue'],
  jose: ['src/app', 'src/cli', 'src/consent'],
  'onnxruntime-node': ['src/face'],
  pino: ['src/log.ts'],
  'prom-client': ['src/metrics.ts'],
  sharp: ['src/face'],
  tar: ['models'],
  zod: ['models', 'src/bots/page', 'src/config.ts', 'src/consent'],

  'node:child_process': ['bin', 'infra/services', 'models', 'src/face'],
  'node:fs': [...FILES, ...STORES, 'src/app', 'src/config.ts', 'src/gallery/elasticsearch'],
  'node:http': ['infra/services', 'src/bots/page', 'src/bots/telegram', 'src/ops.ts'],
  'node:https': ['infra/services'],
  'node:net': ['infra/services', 'src/bots/page', 'src/bots/telegram', 'src/ops.ts'],
  'node:sqlite': STORES,
  'node:worker_threads': ['src/gallery/sqlite'],

  'node:crypto': 'everywhere',
  'node:events': 'everywhere',
  'node:module': 'everywhere',
  'node:os': 'everywhere',
  'node:path': 'everywhere',
  'node:stream': 'everywhere',
  'node:timers': 'everywhere',
  'node:url': 'everywhere',
  'node:util': 'everywhere',
};
