import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { papers } from '../../src/cli/papers.ts';
import { ConfigError } from '../../src/config.ts';

const FILES = ['breach-runbook.md', 'dpia.md', 'pin.md', 'privacy-policy.md', 'record-of-processing.md'];

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'facefinder-papers-'));
});
afterEach(() => rm(root, { recursive: true }));

async function written(env: NodeJS.ProcessEnv, ...args: string[]): Promise<Readonly<Record<string, string>>> {
  const folder = await mkdtemp(join(root, 'of-'));
  const out: string[] = [];
  const io = { out: (line: string) => out.push(line), err: () => {}, env };
  expect(await papers.run([join(folder, 'papers'), ...args], io)).toBe(0);
  expect(out.toSorted()).toEqual(FILES.map((file) => join(folder, 'papers', file)));
  const texts = FILES.map(async (file) => [file, await readFile(join(folder, 'papers', file), 'utf8')] as const);
  return Object.fromEntries(await Promise.all(texts));
}

const KEY = Buffer.alloc(32, 7).toString('base64');
const CLUB = {
  CONTACT: 'Chess club board, board@chess.example',
  TELEGRAM_TOKEN: '1:a',
  RETENTION_DAYS: '111',
  FINDS_PER_HOUR: '37',
  DATA_DIR: '/srv/chess',
};
const SOCIETY = {
  CONTACT: 'The society, https://society.example',
  POLICY_URL: 'https://society.example/privacy',
  DISCORD_TOKEN: 'a',
  RETENTION_DAYS: '222',
  FINDS_PER_HOUR: '43',
  FIND_BY: 'enrolled',
  FIND_PHOTOS: 'any',
  MASTER_KEY: KEY,
  REDIS_URL: 'redis://127.0.0.1:6379',
  ELASTICSEARCH_URL: 'http://127.0.0.1:9200',
};

/** What each paper must say for one configuration, and not for the other. */
const SAID: readonly (readonly [file: string, club: readonly string[], society: readonly string[]])[] = [
  [
    'privacy-policy.md',
    [CLUB.CONTACT, '111', 'Telegram FZ-LLC', 'United Arab Emirates'],
    [SOCIETY.CONTACT, SOCIETY.POLICY_URL, '222', 'Discord Inc.', 'United States', 'message of somebody else'],
  ],
  [
    'pin.md',
    [CLUB.CONTACT, '111', 'policy: /privacy'],
    [SOCIETY.CONTACT, '222', `policy: ${SOCIETY.POLICY_URL}`, 'photos that others sent here'],
  ],
  [
    'dpia.md',
    [
      CLUB.CONTACT,
      '111 days',
      '37 searches',
      'every member of a group',
      'Telegram FZ-LLC',
      'SQLite files in /srv/chess',
      'the master key is kept apart from it',
    ],
    [
      SOCIETY.CONTACT,
      '222 days',
      '43 searches',
      'enrolled members of a group',
      'a photo is searched without its sender',
      'Discord Inc.',
      'Elasticsearch: people',
    ],
  ],
  [
    'record-of-processing.md',
    [
      CLUB.CONTACT,
      '111 days',
      '37 searches',
      'every member of a group',
      'Telegram FZ-LLC',
      'SQLite files in /srv/chess',
    ],
    [
      SOCIETY.CONTACT,
      '222 days',
      '43 searches',
      'enrolled members of a group',
      'those in messages of others, unless their sender forbids it',
      'Discord Inc.',
      'Elasticsearch: people',
      'Redis: half-finished',
    ],
  ],
  [
    'breach-runbook.md',
    [CLUB.CONTACT, 'Telegram FZ-LLC', 'SQLite files in /srv/chess'],
    [SOCIETY.CONTACT, SOCIETY.POLICY_URL, 'Discord Inc.', 'Elasticsearch: people'],
  ],
];

describe('facefinder papers', () => {
  it('writes drafts, each marked as one, that say what the configuration says', async () => {
    const [club, society] = [await written(CLUB), await written(SOCIETY)];
    for (const [file, ofClub, ofSociety] of SAID) {
      for (const [own, other, said] of [
        [club, society, ofClub],
        [society, club, ofSociety],
      ] as const) {
        expect(own[file]).toContain('DRAFT');
        for (const fact of said) {
          expect(own[file], `${file} says ${fact}`).toContain(fact);
          expect(other[file], `${file} of the other says nothing of ${fact}`).not.toContain(fact);
        }
      }
    }
  });

  it.each([
    ['beside the data', {}, 'in the same folder: ☐ move it'],
    ['elsewhere', { MASTER_KEY: KEY }, 'kept apart from it'],
  ])('says of a key that lies %s that it does', async (_, given, said) => {
    await writeFile(join(root, 'master.key'), KEY);
    const { 'record-of-processing.md': record } = await written({ ...CLUB, DATA_DIR: root, ...given });
    expect(record).toContain(said);
  });

  it('takes every figure of the record from the program itself', async () => {
    const { 'record-of-processing.md': record = '' } = await written(CLUB);
    expect(record).toContain('at most 5 templates');
    expect(record).toMatch(/Search log \| 90 days/);
    expect(record).toMatch(/After an erasure \| .* 180 days/);
  });

  it('writes what members read in their language', async () => {
    const texts = await written(CLUB, '--language', 'de');
    expect(texts['pin.md']).toMatch(/ENTWURF[\s\S]*In dieser Gruppe ist ein Bot/);
    expect(texts['privacy-policy.md']).toContain('Vereinigte Arabische Emirate');
  });

  it('writes over nothing that is there', async () => {
    const io = { out: () => {}, err: () => {}, env: CLUB };
    const folder = join(root, 'papers');
    await papers.run([folder], io);
    await expect(papers.run([folder], io)).rejects.toThrow(/is there already/);
    expect(await readdir(folder)).toHaveLength(FILES.length);
  });

  it.each([
    ['without an operator', [], {}, ConfigError, /CONTACT is not set/],
    ['in a language that there is not', ['--language', 'tlh'], CLUB, Error, /one of en, de/],
  ] as const)('writes nothing %s', async (_, args, env, kind, said) => {
    const io = { out: () => {}, err: () => {}, env };
    const writing = papers.run([join(root, 'papers'), ...args], io);
    await expect(writing).rejects.toThrow(said);
    await expect(writing).rejects.toBeInstanceOf(kind);
  });
});
