import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';

const KEY = Buffer.alloc(32, 5).toString('base64');
const OPERATED = { CONTACT: 'The board, board@club.example' };
const PRODUCTION = { REDIS_URL: 'redis://127.0.0.1:6379', ELASTICSEARCH_URL: 'http://127.0.0.1:9200', MASTER_KEY: KEY };

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'facefinder-config-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const read = (env: NodeJS.ProcessEnv) => readConfig(env, directory);
const doors = (env: NodeJS.ProcessEnv) => read(env).platforms.map(({ door }) => door);

describe('with nothing configured', () => {
  it('one process does everything on SQLite, with a page on 8080', () => {
    expect(read({})).toMatchObject({
      stores: { mode: 'embedded' },
      role: 'all',
      platforms: [{ id: 'page', door: 'page on port 8080' }],
      dataDir: join(directory, 'data'),
    });
  });

  it('a bot token closes the page, unless a port is asked for', () => {
    expect(doors({ ...OPERATED, TELEGRAM_TOKEN: '1:abc' })).toEqual(['Telegram']);
    expect(doors({ ...OPERATED, TELEGRAM_TOKEN: '1:abc', PLAYGROUND_PORT: '0' })).toEqual([
      'Telegram',
      'page on port 0',
    ]);
    expect(doors({ PLAYGROUND_PORT: 'off' })).toEqual([]);
  });

  it('an empty variable is a variable that is not set', () => {
    expect(read({ REDIS_URL: '', DATA_DIR: '' })).toMatchObject({ stores: { mode: 'embedded' } });
  });
});

describe('where values come from', () => {
  it('a .env file completes the environment, which wins', () => {
    writeFileSync(join(directory, '.env'), 'WORKERS=3\nFINDS_PER_HOUR=7\n');
    expect(read({ WORKERS: '2' })).toMatchObject({ children: 2, findsPerHour: 7 });
  });

  it('a secret may stand in a file', () => {
    const file = join(directory, 'token');
    writeFileSync(file, '123:abc\n');
    expect(doors({ ...OPERATED, TELEGRAM_TOKEN_FILE: file })).toEqual(['Telegram']);
    writeFileSync(file, '\n');
    expect(doors({ ...OPERATED, TELEGRAM_TOKEN_FILE: file })).toEqual(['page on port 8080']);
    expect(() => read({ TELEGRAM_TOKEN_FILE: file, TELEGRAM_TOKEN: '1:a' })).toThrow(/both set/);
    expect(() => read({ TELEGRAM_TOKEN_FILE: join(directory, 'none') })).toThrow(/cannot be read/);
  });
});

describe('a misspelt variable', () => {
  it.each([
    ['DISCORD_TOKN', 'DISCORD_TOKEN'],
    ['TELEGRAM_TOEKN', 'TELEGRAM_TOKEN'],
    ['MASTERKEY_FILE', 'MASTER_KEY_FILE'],
    ['WORKER', 'WORKERS'],
    ['findby', undefined],
  ])('%s is named, in .env and before the command', (name, meant) => {
    const told = meant ? new RegExp(`${name}.*did you mean ${meant}\\?`) : undefined;
    const attempt = (env: NodeJS.ProcessEnv) => () => read(env);
    if (told) expect(attempt({ [name]: '1' })).toThrow(told);
    else expect(attempt({ [name]: '1' })).not.toThrow();
    writeFileSync(join(directory, '.env'), `${name}=1\n`);
    if (told) expect(attempt({})).toThrow(new RegExp(`${name} in .env .*${meant}`));
    else expect(attempt({})).not.toThrow();
  });

  it('belongs to another program when the right name is set too, or none of our names is near', () => {
    writeFileSync(join(directory, '.env'), 'COMPOSE_PROJECT_NAME=club\nNODE_ENV=production\nROLE=all\nROLES=admin\n');
    expect(
      read({ PATH: '/bin', HOME: '/root', XDG_DATA_DIRS: '/usr/share', LOGNAME: 'root', TERM: 'xterm' }).role,
    ).toBe('all');
  });
});

describe('names what is wrong, and says what is right', () => {
  it('FACE_PACK that is no pack, with those there are, unless packs are to be brought', () => {
    expect(() => read({ FACE_PACK: 'mine', WORKERS: '0' })).toThrow(/FACE_PACK is "mine"[\s\S]*WORKERS/);
    expect(() => read({ FACE_PACK: 'mine' })).toThrow(
      /FACE_PACK is "mine": there is no such pack, only .*faceplugin512/,
    );
    expect(readConfig({ FACE_PACK: 'mine' }, directory, { packMustExist: false }).pack).toBe('mine');
  });

  it.each([
    [{ PLAYGROUND_PORT: 'x' }, /PLAYGROUND_PORT is "x": must be a port number, 0 for any free one, or off/],
    [{ PLAYGROUND_PORT: '70000' }, /PLAYGROUND_PORT/],
    [{ WORKERS: '0' }, /WORKERS is "0": must be at least 1/],
    [{ RETENTION_DAYS: '2000' }, /RETENTION_DAYS is "2000": must be at most 1095/],
    [{ ROLE: 'boss' }, /ROLE is "boss": must be one of all, bot, worker/],
    [{ REDIS_URL: 'redis://127.0.0.1' }, /ELASTICSEARCH_URL is not: set both/],
    [{ ELASTICSEARCH_URL: 'http://127.0.0.1' }, /REDIS_URL is not: set both/],
    [{ ...PRODUCTION, REDIS_URL: 'redis+sentinel://one:26379,two:26379' }, /REDIS_URL must be a URL like.*sentinel/],
    [{ ...PRODUCTION, REDIS_CA: 'ca.pem' }, /REDIS_CA is set but REDIS_URL is not encrypted/],
    [{ ...PRODUCTION, MASTER_KEY: '' }, /MASTER_KEY is required.*openssl rand/],
    [{ DISCORD_TOKEN: 'x' }, /CONTACT is required with DISCORD_TOKEN: .*your name and how to reach you/],
    [{ TELEGRAM_TOKEN: '1:a', CONTACT: '' }, /CONTACT is required with TELEGRAM_TOKEN/],
    [{ CONTACT: 'The board' }, /CONTACT is "The board": must say how to reach you/],
    [{ CONTACT: `${'x'.repeat(120)}@y` }, /CONTACT .* at most 120/],
    [{ DISCORD_AGE_RESTRICTED: 'maybe' }, /DISCORD_AGE_RESTRICTED is "maybe": must be yes or no/],
    [{ MASTER_KEY: 'short' }, /MASTER_KEY must be 32 random bytes/],
    [{ MASTER_KEY: 'a passphrase is not random, however long it may be' }, /MASTER_KEY must be 32 random bytes/],
    [{ MASTER_KEY: 'a1'.repeat(32).slice(1) }, /MASTER_KEY is a key in hex that lost digits: .* 64/],
    [{ ROLE: 'worker' }, /ROLE=worker needs REDIS_URL and ELASTICSEARCH_URL/],
    [{ ...PRODUCTION, ROLE: 'bot' }, /ROLE=bot needs DISCORD_TOKEN or TELEGRAM_TOKEN/],
    [{ TELEGRAM_TOKEN: '1:a', TELEGRAM_WEBHOOK_URL: 'https://x.example/hook' }, /TELEGRAM_WEBHOOK_SECRET is not/],
    [{ MATCH_DISTANCE: '3' }, /MATCH_DISTANCE is "3": must be at most 2/],
    [{ LOG_LEVEL: 'loud' }, /LOG_LEVEL/],
  ])('%o', (env, message) => {
    expect(() => read(env)).toThrow(ConfigError);
    expect(() => read(env)).toThrow(message);
  });

  it('everything at once', () => {
    expect(() => read({ WORKERS: 'many', ROLE: 'boss' })).toThrow(/ROLE[\s\S]*WORKERS/);
  });

  it('a secret is never printed', () => {
    expect(() => read({ MASTER_KEY: 'c2VjcmV0' })).not.toThrow(/c2VjcmV0/);
    expect(() => read({ TELEGRAM_TOKEN: 'topsecret' })).not.toThrow(/topsecret/);
  });
});

it('a webhook is where Telegram delivers, or anywhere for a Bot API server of one’s own', () => {
  const webhook = { TELEGRAM_TOKEN: '1:a', TELEGRAM_WEBHOOK_SECRET: 'long', ...OPERATED };
  const at =
    (TELEGRAM_WEBHOOK_URL: string, more = {}) =>
    () =>
      read({ ...webhook, TELEGRAM_WEBHOOK_URL, ...more });
  for (const port of ['', ':443', ':80', ':88', ':8443']) expect(at(`https://x.example${port}/hook`)).not.toThrow();
  for (const wrong of ['https://x.example:8444/hook', 'http://x.example/hook', 'http://x.example:8443/hook']) {
    expect(at(wrong)).toThrow(/https on port 443, 80, 88 or 8443/);
    expect(at(wrong, { TELEGRAM_API_URL: 'https://api.telegram.org' })).toThrow(ConfigError);
    expect(at(wrong, { TELEGRAM_API_URL: 'http://127.0.0.1:8081' })).not.toThrow();
  }
});

it('production needs both stores and a key, and has roles', () => {
  expect(read({ ...PRODUCTION, ROLE: 'worker', ...OPERATED, DISCORD_TOKEN: 'x' })).toMatchObject({
    stores: { mode: 'production', redis: { url: PRODUCTION.REDIS_URL } },
    role: 'worker',
    platforms: [{ id: 'discord' }],
  });
});
