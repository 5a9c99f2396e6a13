import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_PACK, describePack } from '../../models/pack.ts';
import { readConfig } from '../../src/config.ts';
import { NOTICE_VERSION } from '../../src/consent/notice.ts';
import { inHouse } from '../backup/house.ts';
import { facefinder } from '../e2e/program.ts';
import { enrolled, face, somebody, somewhere } from '../gallery/people.ts';
import { makeStores } from '../support/made-stores.ts';

const { modelDir } = readConfig(process.env);

let root: string;
let env: Record<string, string>;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'facefinder-fix-'));
  env = { DATA_DIR: join(root, 'data'), MODEL_DIR: modelDir, PLAYGROUND_PORT: '0' };
  await makeStores(join(root, 'data'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

async function old(path: string): Promise<void> {
  const yesterday = new Date(Date.now() - 86_400_000);
  await utimes(path, yesterday, yesterday);
}

describe('doctor --fix', () => {
  it('closes files that others may read, and says which', async () => {
    const dataDir = join(root, 'data');
    for (const path of [dataDir, join(dataDir, 'master.key'), join(dataDir, 'gallery.db')]) await chmod(path, 0o755);
    const { code, err } = await facefinder(['doctor', '--fix'], env);
    expect(code).toBe(0);
    expect(err).toMatch(/mended: .*master\.key could be read by others/);
    expect(await modeOf(dataDir)).toBe('700');
    expect([await modeOf(join(dataDir, 'master.key')), await modeOf(join(dataDir, 'gallery.db'))]).toEqual([
      '600',
      '600',
    ]);
  });

  it('removes what killed programs left, and only that', async () => {
    const dataDir = join(root, 'data');
    const left = ['master.key.4711', '.doctor-0a1b2c3d4e5f'];
    for (const name of [...left, 'master.key.bak', 'notes']) {
      await writeFile(join(dataDir, name), 'x', { mode: 0o600 });
      await old(join(dataDir, name));
    }
    await writeFile(join(dataDir, 'master.key.4712'), 'a start that is under way', { mode: 0o600 });
    const { err } = await facefinder(['doctor', '--fix'], env);
    expect(err.match(/left by a program/g)).toHaveLength(left.length);
    const names = await readdir(dataDir);
    expect(names).toEqual(expect.arrayContaining(['master.key', 'master.key.bak', 'notes', 'master.key.4712']));
    for (const name of left) expect(names).not.toContain(name);
  });

  it('fetches what is damaged or half there, and leaves a start nothing to fetch', async () => {
    const models = join(root, 'models');
    await cp(modelDir, models, { recursive: true });
    // One of the pack's files, which are all there.
    const [file = ''] = Object.values((await describePack(DEFAULT_PACK, models)).manifest.files).map(
      ({ sha256 }) => sha256,
    );
    const whole = await readFile(join(models, file));
    await writeFile(join(models, file), 'damaged');
    await mkdir(join(models, '.part-killed'));
    await old(join(models, '.part-killed'));
    const { code, err } = await facefinder(['doctor', '--fix'], { ...env, MODEL_DIR: models, MODEL_MIRROR: modelDir });
    expect(code).toBe(0);
    expect(err).toMatch(/mended: .*\.part-killed[\s\S]*mended: 1 model files/);
    expect(await readFile(join(models, file))).toEqual(whole);
    expect(await readdir(models)).not.toContain('.part-killed');
  });

  it('puts right what one flipped bit damaged, and removes what nothing can read; doctor counts both', {
    timeout: 240_000,
  }, async () => {
    const config = readConfig(env);
    const { dims } = await describePack(DEFAULT_PACK, modelDir);
    await inHouse(config, async ({ stores: { gallery } }) => {
      const scopes = [await gallery.scope(somewhere()), await gallery.scope(somewhere())] as const;
      for (const [name, scope] of [
        ['Ada', scopes[0]],
        ['Eve', scopes[0]],
        ['Ivy', scopes[1]],
      ] as const) {
        await enrolled(gallery, scope, somebody(name), [face(dims)], { version: NOTICE_VERSION });
      }
    });
    const file = join(root, 'data/gallery.db');
    flipBits(file, ['templates', 'sealed', 'id', 1], [20]);
    flipBits(file, ['templates', 'sealed', 'id', 2], [14, 18, 30]);
    flipBits(file, ['scopes', 'key', 'rowid', 2], [14, 18, 30]);
    const found = /1 with a flipped bit.*; unreadable: 1 keys of groups.*; unreadable: 1 templates/;
    expect((await facefinder(['doctor'], env)).out).toMatch(found);
    const { err } = await facefinder(['doctor', '--fix'], env);
    expect(err).toMatch(/mended: stored values: 1 with a flipped bit.*unreadable: 1 keys.*unreadable: 1 templates/);
    const { out } = await facefinder(['doctor'], env);
    expect(out).not.toMatch(/flipped|unreadable/);
  });

  it('does nothing where all is well, and never mends what may lose something', async () => {
    expect((await facefinder(['doctor', '--fix'], env)).err).toBe('');
    const gallery = join(root, 'data/gallery.db');
    await rm(`${gallery}-wal`, { force: true });
    await writeFile(gallery, 'no database at all, and yet longer than a header');
    const { code, err } = await facefinder(['doctor', '--fix'], env);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(await readFile(gallery, 'utf8')).toContain('no database at all');
  });
});

/** Flips the lowest bit of these bytes of a sealed value. */
function flipBits(
  file: string,
  [table, column, key, id]: readonly [table: string, column: string, key: string, id: number],
  bytes: readonly number[],
): void {
  using db = new DatabaseSync(file);
  const row = db.prepare(`SELECT ${column} AS sealed FROM ${table} WHERE ${key} = ?`).get(id);
  const sealed = Buffer.from(row?.sealed as Uint8Array);
  for (const at of bytes) sealed[at] = (sealed[at] as number) ^ 1;
  db.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${key} = ?`).run(sealed, id);
}
