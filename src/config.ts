import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { packNames } from '../models/names.ts';
import type { ConfiguredPlatform } from './bots/platform.ts';
import { PLATFORMS } from './bots/platforms.ts';
import { ENROL_PROOFS, type EnrolProof, FIND_BY, type FindBy } from './consent/settings.ts';
import { misspelt } from './misspelt.ts';
import type { OutwardProxy } from './proxy.ts';
import { keyFromText } from './secrets/keys.ts';
import { KEY_FOLDER, MODEL_FOLDER, STATE_FOLDER } from './user-folders.ts';
import { between, httpUrl, keyText, oneOf, port, redisUrl } from './variables.ts';

/** A wrong configuration. The message names each wrong variable and says what it must be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Where data are stored. `embedded`: in files of one process on one machine. `production`: in Redis
 * and Elasticsearch, always both.
 */
export type Stores =
  | { readonly mode: 'embedded' }
  | {
      readonly mode: 'production';
      readonly redis: { readonly url: string; readonly caFile?: string };
      readonly elasticsearch: { readonly url: string; readonly apiKey?: string; readonly caFile?: string };
    };

export type Config = Shared & (Embedded | Production);

interface Embedded {
  readonly stores: Extract<Stores, { mode: 'embedded' }>;
  readonly role: 'all';
  /** Undefined: the first start makes a key, in `keyDir` for a bot, otherwise in `dataDir`. */
  readonly masterKey: Uint8Array | undefined;
}

interface Production {
  readonly stores: Extract<Stores, { mode: 'production' }>;
  readonly role: 'all' | 'bot' | 'worker';
  readonly masterKey: Uint8Array;
}

interface Shared {
  readonly dataDir: string;
  /** The folder for files of the embedded mode that must not be in `dataDir`: the second place. */
  readonly stateDir: string;
  /** The folder for the key that a bot makes in embedded mode: not `dataDir`, not `stateDir`. */
  readonly keyDir: string;
  /** The file that MASTER_KEY_FILE names, if it is set. */
  readonly masterKeyFile: string | undefined;
  readonly modelDir: string;
  /** A folder or base URL that has model files under their sha256. */
  readonly modelMirror: string | undefined;
  /** The name of a pack. Undefined: the pack that the gallery has adopted, or else the default. */
  readonly pack: string | undefined;
  /** How many child processes look at photos. Each looks at one photo at a time. */
  readonly children: number;
  /** The platforms that are turned on. The page is among them only if the role is `all`. */
  readonly platforms: readonly ConfiguredPlatform[];
  /** A fixed threshold for verdicts, in place of chances. */
  readonly matchDistance: number | undefined;
  readonly findBy: FindBy;
  readonly findPhotos: 'own' | 'any';
  readonly enrolProof: EnrolProof;
  readonly findsPerHour: number;
  readonly retentionDays: number;
  readonly policyUrl: string | undefined;
  readonly contact: string | undefined;
  readonly proxy: OutwardProxy | undefined;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly metricsPort: number | undefined;
}

/**
 * How many characters CONTACT may have. Every notice has it near the start, so it must be short.
 */
const MOST_CONTACT = 120;

/** The variables that belong to no platform: how each is checked, and its default. */
const Common = z.object({
  REDIS_URL: redisUrl.optional(),
  REDIS_CA: z.string().optional(),
  ELASTICSEARCH_URL: httpUrl.optional(),
  ELASTICSEARCH_API_KEY: z.string().optional(),
  ELASTICSEARCH_CA: z.string().optional(),
  DATA_DIR: z.string().default('data'),
  STATE_DIR: z.string().default(STATE_FOLDER),
  MASTER_KEY: keyText
    .transform(keyFromText)
    .pipe(z.instanceof(Uint8Array, { error: 'must be 32 random bytes in base64 or hex: `openssl rand -base64 32`' }))
    .optional(),
  ROLE: oneOf(['all', 'bot', 'worker']).default('all'),
  WORKERS: between(1, 64).int('must be a whole number').default(Math.min(4, availableParallelism())),
  FACE_PACK: z.string().optional(),
  MODEL_DIR: z.string().default(MODEL_FOLDER),
  MODEL_MIRROR: z.string().optional(),
  MATCH_DISTANCE: between(0, 2).optional(),
  FIND_BY: oneOf(FIND_BY).default('members'),
  FIND_PHOTOS: oneOf(['own', 'any']).default('own'),
  ENROL_PROOF: oneOf(ENROL_PROOFS).default('none'),
  FINDS_PER_HOUR: between(1, 10_000).int('must be a whole number').default(20),
  RETENTION_DAYS: between(1, 1095).int('must be a whole number').default(365),
  POLICY_URL: httpUrl.optional(),
  CONTACT: z
    .string()
    .max(MOST_CONTACT, `must be at most ${MOST_CONTACT} characters`)
    .regex(/@|:\/\/|\d{5}/, 'must say how to reach you: an address, a link or a number')
    .optional(),
  HTTPS_PROXY: httpUrl.optional(),
  NO_PROXY: z.string().optional(),
  LOG_LEVEL: oneOf(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  METRICS_PORT: port.optional(),
});

type Common = z.infer<typeof Common>;

const OfPlatforms = z.object(Object.assign({}, ...PLATFORMS.map(({ variables }) => variables)));

const Variables = Common.and(OfPlatforms);

/** The variables with secrets. Instead of each, `<NAME>_FILE` may name a file with its value. */
const SECRETS: readonly string[] = [
  ...PLATFORMS.flatMap(({ secrets }) => secrets),
  'REDIS_URL',
  'ELASTICSEARCH_URL',
  'ELASTICSEARCH_API_KEY',
  'MASTER_KEY',
  'HTTPS_PROXY',
];

/** Every variable that is read. */
export const SETTINGS: readonly string[] = [...Object.keys(Common.shape), ...Object.keys(OfPlatforms.shape)];

const NAMES = [...SETTINGS, ...SECRETS.map((name) => `${name}_FILE`)];

/**
 * Reads the configuration from `env` and from the file `.env` in `directory`. If both set a
 * variable, `env` counts. `packMustExist`: FACE_PACK must name a known pack. Only a verb that
 * brings packs (`facefinder models`) does without this.
 * @throws ConfigError that lists everything that is wrong
 */
export function readConfig(env: NodeJS.ProcessEnv, directory = process.cwd(), { packMustExist = true } = {}): Config {
  const file = dotEnv(directory);
  const raw = withSecretFiles({ ...proxyByCustom(env), ...file, ...set(env) });
  const parsed = Variables.safeParse(raw);
  const problems = [
    ...misspelt(raw, file, NAMES),
    ...(packMustExist ? noSuchPack(raw, directory) : []),
    ...(parsed.success ? wrongMixes(parsed.data, raw) : complaints(parsed.error, raw)),
  ];
  if (!parsed.success || problems.length > 0) {
    throw new ConfigError(`The configuration is wrong:\n${problems.map((line) => `  ${line}`).join('\n')}`);
  }
  return assemble(parsed.data, raw, directory);
}

function assemble(v: Common, raw: Record<string, string>, directory: string): Config {
  const common: Shared = {
    dataDir: resolve(directory, v.DATA_DIR),
    stateDir: resolve(directory, v.STATE_DIR),
    keyDir: KEY_FOLDER,
    masterKeyFile: raw.MASTER_KEY_FILE,
    modelDir: resolve(directory, v.MODEL_DIR),
    modelMirror: v.MODEL_MIRROR,
    pack: v.FACE_PACK,
    children: v.WORKERS,
    platforms: platformsOf(v.ROLE, raw),
    matchDistance: v.MATCH_DISTANCE,
    findBy: v.FIND_BY,
    findPhotos: v.FIND_PHOTOS,
    enrolProof: v.ENROL_PROOF,
    findsPerHour: v.FINDS_PER_HOUR,
    retentionDays: v.RETENTION_DAYS,
    policyUrl: v.POLICY_URL,
    contact: v.CONTACT,
    proxy: v.HTTPS_PROXY === undefined ? undefined : { url: v.HTTPS_PROXY, except: v.NO_PROXY },
    logLevel: v.LOG_LEVEL,
    metricsPort: v.METRICS_PORT,
  };
  if (v.REDIS_URL === undefined || v.ELASTICSEARCH_URL === undefined || v.MASTER_KEY === undefined) {
    return { ...common, stores: { mode: 'embedded' }, role: 'all', masterKey: v.MASTER_KEY };
  }
  const elasticsearch = {
    url: v.ELASTICSEARCH_URL,
    ...(v.ELASTICSEARCH_API_KEY === undefined ? {} : { apiKey: v.ELASTICSEARCH_API_KEY }),
    ...(v.ELASTICSEARCH_CA === undefined ? {} : { caFile: resolve(directory, v.ELASTICSEARCH_CA) }),
  };
  const redis = {
    url: v.REDIS_URL,
    ...(v.REDIS_CA === undefined ? {} : { caFile: resolve(directory, v.REDIS_CA) }),
  };
  const stores = { mode: 'production', redis, elasticsearch } as const;
  return { ...common, stores, role: v.ROLE, masterKey: v.MASTER_KEY };
}

function platformsOf(role: Config['role'], raw: Record<string, string>): ConfiguredPlatform[] {
  const configured: ConfiguredPlatform[] = [];
  for (const platform of PLATFORMS) {
    if (platform.isLocal && role !== 'all') continue;
    const one = platform.configure(raw, { isOnly: configured.length === 0 });
    if (one) configured.push(one);
  }
  return configured;
}

/** Complaints about variables whose values are right, but do not go together. */
function wrongMixes(v: Common, raw: Record<string, string>): string[] {
  const problems = PLATFORMS.flatMap(({ complaints }) => complaints(raw));
  if ((v.REDIS_URL === undefined) !== (v.ELASTICSEARCH_URL === undefined)) {
    const [has, lacks] = v.REDIS_URL ? ['REDIS_URL', 'ELASTICSEARCH_URL'] : ['ELASTICSEARCH_URL', 'REDIS_URL'];
    problems.push(`${has} is set but ${lacks} is not: set both for production, or neither for the embedded default`);
  } else if (v.REDIS_URL !== undefined && v.MASTER_KEY === undefined) {
    problems.push(
      'MASTER_KEY is required with REDIS_URL and ELASTICSEARCH_URL: make one with `openssl rand -base64 32`',
    );
  }
  if (v.REDIS_CA !== undefined && !v.REDIS_URL?.startsWith('rediss:')) {
    problems.push('REDIS_CA is set but REDIS_URL is not encrypted: let it begin with rediss://, or leave REDIS_CA out');
  }
  if (v.REDIS_URL === undefined && v.ROLE !== 'all') {
    problems.push(`ROLE=${v.ROLE} needs REDIS_URL and ELASTICSEARCH_URL: without, one process does all (ROLE=all)`);
  }
  const switches = PLATFORMS.filter(({ isLocal }) => !isLocal).map(({ turnedOnBy }) => turnedOnBy);
  if (v.ROLE !== 'all' && switches.every((name) => raw[name] === undefined)) {
    problems.push(`ROLE=${v.ROLE} needs ${switches.join(' or ')}: bot and worker both talk to the platform`);
  }
  const bot = PLATFORMS.find(({ isLocal, turnedOnBy }) => !isLocal && raw[turnedOnBy] !== undefined);
  if (bot && v.CONTACT === undefined) {
    problems.push(
      `CONTACT is required with ${bot.turnedOnBy}: people must know who runs the bot; set your name and how to reach you, like ` +
        '"Chess club board, board@example.org"',
    );
  }
  return problems;
}

function noSuchPack({ FACE_PACK, MODEL_DIR }: Record<string, string>, directory: string): string[] {
  if (FACE_PACK === undefined) return [];
  const names = packNames(resolve(directory, MODEL_DIR ?? MODEL_FOLDER));
  return names.includes(FACE_PACK)
    ? []
    : [`FACE_PACK is "${FACE_PACK}": there is no such pack, only ${names.join(', ')}`];
}

/** The variables that have a value. An empty one (`NAME=`) counts as not set. */
function set(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => !!entry[1]));
}

/** The proxy's variables, read from their lower-case names. Some machines set only these. */
function proxyByCustom({ https_proxy = '', no_proxy = '' }: NodeJS.ProcessEnv): Record<string, string> {
  return set({ HTTPS_PROXY: https_proxy, NO_PROXY: no_proxy });
}

function dotEnv(directory: string): Record<string, string> {
  try {
    return set(parseEnv(readFileSync(join(directory, '.env'), 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw new ConfigError(`${join(directory, '.env')} cannot be read: it must be a file that this user may read`);
  }
}

function withSecretFiles(raw: Record<string, string>): Record<string, string> {
  const complete = { ...raw };
  for (const name of SECRETS) {
    const file = raw[`${name}_FILE`];
    if (file === undefined) continue;
    if (raw[name] !== undefined) throw new ConfigError(`${name} and ${name}_FILE are both set: keep one of them`);
    try {
      complete[name] = readFileSync(file, 'utf8').trim();
    } catch {
      throw new ConfigError(`${name}_FILE names a file that cannot be read: ${file}`);
    }
  }
  // An empty file of MASTER_KEY means that the key is lost. If the variable counted as not set, a
  // new key would be made, which could not open the data.
  if (raw.MASTER_KEY_FILE !== undefined && complete.MASTER_KEY === '') {
    throw new ConfigError(`MASTER_KEY_FILE names a file that is empty: put the key back into ${raw.MASTER_KEY_FILE}`);
  }
  // An empty file of another secret counts as not set, because docker-compose.yml also names the
  // files of secrets that are not used.
  return set(complete);
}

/** One line for each wrong variable, with its value, unless it is a secret. */
function complaints(error: z.ZodError, raw: Record<string, string>): string[] {
  return error.issues.map((issue) => {
    const name = String(issue.path[0]);
    const shown = SECRETS.includes(name) ? '' : ` is "${raw[name]}":`;
    return `${name}${shown} ${issue.message}`;
  });
}
