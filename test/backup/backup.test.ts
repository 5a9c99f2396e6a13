import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backup, verifyBackup } from '../../src/app/backup.ts';
import { restore } from '../../src/app/restore.ts';
import { readConfig } from '../../src/config.ts';
import { firstBreak } from '../../src/consent/ledger.ts';
import { NOTICE_VERSION } from '../../src/consent/notice.ts';
import type { ScopeId } from '../../src/consent/who.ts';
import { agreed, closerThan, enrolled, face, faceAt, namesFound, somebody, somewhere } from '../gallery/people.ts';
import { inHouse } from './house.ts';

const DIMS = 512;
const version = NOTICE_VERSION;
const DAY = 86_400_000;
const key = randomBytes(32).toString('base64');

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'facefinder-backup-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

let places = 0;
/** An installation of its own. */
function place(env: NodeJS.ProcessEnv = {}) {
  const folder = join(root, String(++places));
  const [DATA_DIR, STATE_DIR] = [join(folder, 'data'), join(folder, 'state')];
  const common = { MASTER_KEY: key, FACE_PACK: 'faceplugin512', LOG_LEVEL: 'silent' };
  const config = readConfig({ DATA_DIR, STATE_DIR, ...common, ...env }, root);
  return { config, DATA_DIR, STATE_DIR, file: `${folder}.backup` };
}

const opened = inHouse;

const ask = { journalLost: false };

/** A group of Ada, Ben, Eve (who disputes Ben's face) and Old, who was erased; then a backup of it. */
async function group() {
  const own = place();
  const [ada, ben, eve, old] = [somebody('Ada'), somebody('Ben'), somebody('Eve'), somebody('Old')];
  const [adas, bens] = [face(DIMS), face(DIMS)];
  const club = somewhere();
  const made = await opened(own.config, async ({ stores: { gallery } }) => {
    await gallery.adoptPack();
    const scope = await gallery.scope(club);
    await enrolled(gallery, scope, old, [face(DIMS)], { version });
    await gallery.erase(scope, old, 'asked', Date.now());
    await enrolled(gallery, scope, ada, [adas, faceAt(0.3, adas)], { version, shown: true });
    await enrolled(gallery, scope, ben, [bens], { version, retentionDays: 100 });
    const consent = await agreed(gallery, scope, eve, { version });
    await gallery.enrol(consent, [faceAt(0.1, bens)], { ...closerThan(0.5), claim: 'mine' });
    await gallery.recordFinds(scope, ada, [ben, eve], Date.now());
    return { scope, ledger: await gallery.ledger(scope), adas: await gallery.dossier(scope, ada) };
  });
  const { scope } = made;
  const written = await backup(own.config, own.file);
  return { ...own, ada, ben, eve, old, adas, bens, club, scope, before: made, written };
}

/** The second place cannot be had, until what this gives is called. */
async function away(folder: string): Promise<() => Promise<void>> {
  await rename(folder, `${folder}.away`);
  await writeFile(folder, '');
  return async () => {
    await rm(folder);
    await rename(`${folder}.away`, folder);
  };
}

/** Its table is called otherwise: whoever has it open cannot write to it any more. */
async function alter(folder: string, from: string, to: string): Promise<void> {
  for (const name of (await readdir(folder)).filter((one) => one.endsWith('.db'))) {
    using raw = new DatabaseSync(join(folder, name));
    raw.exec(`ALTER TABLE ${from} RENAME TO ${to}`);
  }
}

async function erases(config: ReturnType<typeof readConfig>, scope: ScopeId, ...people: ReturnType<typeof somebody>[]) {
  await opened(config, async ({ stores: { gallery } }) => {
    for (const person of people) await gallery.erase(scope, person, 'asked', Date.now());
  });
}

describe('a backup', { timeout: 240_000 }, () => {
  test('says what is in it, and is for its owner alone', async () => {
    const { config, file, written } = await group();
    expect(written).toMatchObject({ scopes: 1, people: 3, templates: 4 });
    expect(await verifyBackup(config, file)).toEqual(written);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await expect(backup(config, file)).rejects.toThrow(/is there already/);
  });

  test('shows nothing of anybody without the master key', async () => {
    const { file, ada, scope, adas, config } = await group();
    const text = await readFile(file);
    const plain = [ada.id, scope, key, Buffer.from(adas.buffer, 0, 64).toString('base64url')];
    for (const needle of plain) expect(text.includes(needle)).toBe(false);
    expect(text.includes(Buffer.from(adas.buffer, 0, 64))).toBe(false);
    const other = readConfig({ DATA_DIR: config.dataDir, MASTER_KEY: randomBytes(32).toString('base64') }, root);
    await expect(verifyBackup(other, file)).rejects.toThrow(/does not open with this master key/);
  });

  test('that was cut, mixed with another, or changed by a single bit is refused', async () => {
    const { config, file } = await group();
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    await opened(config, async ({ stores: { gallery } }) => void (await gallery.scope(somewhere())));
    await backup(config, `${file}2`);
    const others = (await readFile(`${file}2`, 'utf8')).trimEnd().split('\n');
    const flipped = [...(lines[2] ?? '')];
    flipped[40] = flipped[40] === 'A' ? 'B' : 'A';
    const bad = [
      lines.slice(0, -1),
      lines.toSpliced(2, 1),
      lines.with(1, others[1] ?? ''),
      lines.with(2, flipped.join('')),
      ['something else'],
      [''],
    ];
    for (const broken of bad) {
      await writeFile(`${file}3`, `${broken.join('\n')}\n`);
      await expect(verifyBackup(config, `${file}3`)).rejects.toThrow(/damaged|cut off|is no backup|does not open/);
    }
  });

  test('is made while the gallery is used, and holds each group as it was at one moment', async () => {
    const own = place();
    await opened(own.config, async ({ stores: { gallery } }) => {
      const scope = await gallery.scope(somewhere());
      await enrolled(gallery, scope, somebody(), [face(DIMS)], { version });
      let isWritten = false;
      const writing = backup(own.config, own.file).finally(() => (isWritten = true));
      for (let count = 0; !isWritten || count < 5; count++)
        await enrolled(gallery, scope, somebody(), [face(DIMS)], { version });
      const { people, templates, entries } = await writing;
      expect(people).toBeGreaterThan(0);
      // Each has agreed, and whoever has a template has enrolled as well.
      expect(entries).toBeGreaterThanOrEqual(people + templates);
    });
  });
});

describe('a restore', { timeout: 240_000 }, () => {
  test('brings everything back, says so in the ledger, and leaves nothing else behind', async () => {
    const { config, DATA_DIR, file, ada, ben, eve, old, adas, bens, scope, club, before } = await group();
    await opened(config, async ({ stores: { gallery } }) => {
      await enrolled(gallery, scope, somebody('Late'), [face(DIMS)], { version });
    });
    expect(await restore(config, file, ask)).toMatchObject({ scopes: 1, people: 3, erased: 0, shortened: 1 });
    expect((await readdir(DATA_DIR)).filter((name) => name.includes('restore'))).toEqual([]);
    await opened(config, async ({ stores: { gallery } }) => {
      expect(await gallery.scopeOf(club)).toBe(scope);
      // A store numbers templates anew.
      expect(await gallery.dossier(scope, ada)).toEqual({
        ...before.adas,
        templates: before.adas?.templates.map((template) => ({ ...template, id: expect.any(String) })),
      });
      expect((await namesFound(gallery, scope, adas))[0]).toBe('Ada');
      // A dispute goes on.
      expect(await namesFound(gallery, scope, bens)).toContain('Ben');
      expect(await namesFound(gallery, scope, bens)).not.toContain('Eve');
      expect((await gallery.dossier(scope, ben))?.foundBy).toHaveLength(2);
      expect((await gallery.dossier(scope, eve))?.templates[0]?.hidden).toBe(true);
      expect((await gallery.standing(scope, old)).epoch).toBe(1);
      const ledger = await gallery.ledger(scope);
      expect(firstBreak(ledger)).toBeUndefined();
      expect(ledger.slice(0, -1)).toEqual(before.ledger);
      expect(ledger.at(-1)).toMatchObject({ kind: 'restored', lost: { size: before.ledger.length + 3 } });
      expect(await gallery.catchUp()).toEqual([]);
    });
  });

  test('brings back nobody who was erased since, and tells how many that were', async () => {
    const { config, DATA_DIR, file, ada, eve, adas, scope } = await group();
    await erases(config, scope, ada, eve);
    expect(await restore(config, file, ask)).toMatchObject({ people: 1, erased: 2 });
    await opened(config, async ({ stores: { gallery } }) => {
      expect(await gallery.remaining(scope, ada)).toBe(0);
      expect((await gallery.standing(scope, ada)).epoch).toBe(1);
      expect(await namesFound(gallery, scope, adas)).not.toContain('Ada');
      const reasons = (await gallery.ledger(scope)).flatMap((entry) => (entry.kind === 'erased' ? entry.reason : []));
      expect(reasons).toEqual(['asked', 'again', 'again']);
      expect(await gallery.catchUp()).toEqual([]);
    });
    // Nor their bytes: they never reached the new file.
    const bytes = await readFile(join(DATA_DIR, 'gallery.db'));
    expect(bytes.includes(ada.id)).toBe(false);
  });

  test('brings back nobody of whose erasure the second place heard nothing', async () => {
    const { config, STATE_DIR, file, ada, scope } = await group();
    const back = await away(STATE_DIR);
    await erases(config, scope, ada);
    await back();
    expect(await restore(config, file, ask)).toMatchObject({ people: 2, erased: 1 });
  });

  test('brings back nobody whose erasure the second place heard of later, though the store is lost', async () => {
    const { config, DATA_DIR, STATE_DIR, file, ada, ben, scope } = await group();
    const back = await away(STATE_DIR);
    await opened(config, async ({ stores: { gallery }, reconcile }) => {
      await gallery.erase(scope, ada, 'asked', Date.now());
      await back();
      await reconcile();
      await alter(STATE_DIR, 'pending', 'hidden');
      await gallery.erase(scope, ben, 'asked', Date.now());
      await alter(STATE_DIR, 'hidden', 'pending');
      await reconcile();
    });
    await rm(DATA_DIR, { recursive: true });
    expect(await restore(config, file, ask)).toMatchObject({ people: 1, erased: 2 });
  });

  test('brings a selfie back that was removed alone since: only whole people stay away', async () => {
    const { config, file, ada, scope, before } = await group();
    const [first, second] = before.adas?.templates ?? [];
    await opened(config, async ({ stores: { gallery } }) => {
      expect(await gallery.drop(scope, ada, first?.id ?? '')).toBe('dropped');
      expect((await gallery.dossier(scope, ada))?.templates).toHaveLength(1);
    });
    await restore(config, file, ask);
    await opened(config, async ({ stores: { gallery } }) => {
      const back = (await gallery.dossier(scope, ada))?.templates.map(({ embedding }) => embedding);
      expect(back).toEqual([first?.embedding, second?.embedding]);
    });
  });

  test('works where the gallery is damaged, or gone', async () => {
    for (const harm of [
      (dir: string) => writeFile(join(dir, 'gallery.db'), 'no database at all, but longer than a header'),
      (dir: string) => rm(dir, { recursive: true }),
    ]) {
      const { config, DATA_DIR, file, ada, ben, scope, adas, bens } = await group();
      await erases(config, scope, ben);
      await harm(DATA_DIR);
      expect(await restore(config, file, ask)).toMatchObject({ people: 2, erased: 1 });
      await opened(config, async ({ stores: { gallery } }) => {
        expect(await namesFound(gallery, scope, adas)).toContain(ada.name);
        expect(await namesFound(gallery, scope, bens)).not.toContain('Ben');
      });
    }
  });

  test('takes in nothing of a write-ahead log whose gallery is gone', async () => {
    const { config, DATA_DIR, file, scope, before } = await group();
    const log = join(DATA_DIR, 'gallery.db-wal');
    const late = somebody('Late');
    await opened(config, async ({ stores: { gallery } }) => {
      await enrolled(gallery, scope, late, [face(DIMS)], { version });
      await copyFile(log, `${log}.kept`);
    });
    await rm(join(DATA_DIR, 'gallery.db'));
    await copyFile(`${log}.kept`, log);
    await restore(config, file, ask);
    await opened(config, async ({ stores: { gallery } }) => {
      expect(await gallery.dossier(scope, late)).toBeUndefined();
      expect((await gallery.ledger(scope)).slice(0, -1)).toEqual(before.ledger);
    });
  });

  test('that was killed leaves nothing behind that a /forget does not reach: the next start removes it', async () => {
    const { config, DATA_DIR } = await group();
    const half = join(DATA_DIR, 'gallery.db.restore-0f8e2c1a-5b7d-4e3f-9a6b-1c2d3e4f5a6b');
    for (const path of [half, `${half}-wal`, `${half}-shm`]) await copyFile(join(DATA_DIR, 'gallery.db'), path);
    await opened(config, async () => {});
    expect((await readdir(DATA_DIR)).filter((name) => name.includes('restore'))).toEqual([]);
  });

  test('is refused while a facefinder runs, and changes nothing then', async () => {
    const { config, file, ada, scope } = await group();
    await opened(config, async ({ stores: { gallery } }) => {
      await expect(restore(config, file, ask)).rejects.toThrow(/Another program holds the database/);
      expect(await gallery.dossier(scope, ada)).toBeDefined();
    });
  });

  test('is refused with another key, another pack, and over another gallery', async () => {
    const { config, file } = await group();
    const theirs = { ...config, masterKey: randomBytes(32) };
    await expect(restore(theirs, file, ask)).rejects.toThrow(/does not open with this master key/);
    const models = join(root, 'models');
    const packs = join(models, 'packs');
    const manifest = JSON.parse(await readFile(join(import.meta.dirname, '../../models/faceplugin512.json'), 'utf8'));
    await mkdir(packs, { recursive: true });
    await writeFile(join(packs, 'other.json'), JSON.stringify({ ...manifest, name: 'other' }));
    const repacked = { ...config, modelDir: models, pack: 'other' };
    await expect(restore(repacked, file, ask)).rejects.toThrow(/of the pack faceplugin512@.* FACE_PACK is other@/);
    const other = await group();
    await expect(restore(other.config, file, ask)).rejects.toThrow(/another gallery/);
  });

  test('is refused when the journal of erasures does not reach back to the backup, unless the operator answers for it', async () => {
    const { config, STATE_DIR, file, ada, scope } = await group();
    for (const journalLost of [false, true]) {
      const late = { journalLost, now: Date.now() + 181 * DAY };
      await expect(restore(config, file, late)).rejects.toThrow(/older than 180 days/);
    }
    await erases(config, scope, ada);
    await rm(STATE_DIR, { recursive: true });
    await expect(restore(config, file, ask)).rejects.toThrow(/older than the journal.*--journal-lost/);
    await opened(config, async () => {});
    await expect(restore(config, file, ask)).rejects.toThrow(/older than the journal/);
    // The store itself still knew of the erasure, and told the new second place.
    expect(await restore(config, file, { journalLost: true })).toMatchObject({ people: 2, erased: 1 });
  });

  test('is refused when the journal forgot by a clock that ran ahead who was erased since', async () => {
    const { config, file, ada, scope } = await group();
    await erases(config, scope, ada);
    await opened(config, async ({ stores: { gallery } }) => await gallery.tidy(Date.now() + 366 * DAY));
    await expect(restore(config, file, ask)).rejects.toThrow(/older than the journal/);
    // What is made from now on is younger than all that was forgotten.
    await rm(file);
    await backup(config, file);
    expect(await restore(config, file, ask)).toMatchObject({ people: 2, erased: 0 });
  });
});
