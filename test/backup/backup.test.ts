import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { backup, verifyBackup } from '../../src/app/backup.ts';
import { restore } from '../../src/app/restore.ts';
import { readConfig } from '../../src/config.ts';
import { firstBreak } from '../../src/consent/ledger.ts';
import { enrolled, face, namesFound, somebody, somewhere } from '../gallery/people.ts';
import { ask, DAY, DIMS, erases, group, key, place, root, version } from './group.ts';
import { inHouse } from './house.ts';

describe('a backup', () => {
  test('says what is in it, and only its owner can read it', async () => {
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
    await inHouse(config, async ({ stores: { gallery } }) => void (await gallery.scope(somewhere())));
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
    await inHouse(own.config, async ({ stores: { gallery } }) => {
      const scope = await gallery.scope(somewhere());
      await enrolled(gallery, scope, somebody(), [face(DIMS)], { version });
      let isWritten = false;
      const writing = backup(own.config, own.file).finally(() => (isWritten = true));
      for (let count = 0; !isWritten || count < 5; count++)
        await enrolled(gallery, scope, somebody(), [face(DIMS)], { version });
      const { people, templates, entries } = await writing;
      expect(people).toBeGreaterThan(0);
      // The ledger has an entry of agreeing for each person, and one of enrolling for each person
      // with a template.
      expect(entries).toBeGreaterThanOrEqual(people + templates);
    });
  });
});

describe('a restore', () => {
  test('brings everything back, says so in the ledger, and leaves nothing else behind', async () => {
    const { config, DATA_DIR, file, ada, ben, eve, old, adas, bens, scope, club, before } = await group();
    await inHouse(config, async ({ stores: { gallery } }) => {
      await enrolled(gallery, scope, somebody('Late'), [face(DIMS)], { version });
    });
    expect(await restore(config, file, ask)).toMatchObject({ scopes: 1, people: 3, erased: 0, shortened: 1 });
    expect((await readdir(DATA_DIR)).filter((name) => name.includes('restore'))).toEqual([]);
    await inHouse(config, async ({ stores: { gallery } }) => {
      expect(await gallery.scopeOf(club)).toBe(scope);
      // The store gives each restored template another id.
      expect(await gallery.dossier(scope, ada)).toEqual({
        ...before.adas,
        templates: before.adas?.templates.map((template) => ({ ...template, id: expect.any(String) })),
      });
      expect((await namesFound(gallery, scope, adas))[0]).toBe('Ada');
      // A dispute continues.
      expect(await namesFound(gallery, scope, bens)).toContain('Ben');
      expect(await namesFound(gallery, scope, bens)).not.toContain('Eve');
      expect((await gallery.dossier(scope, ben))?.foundBy).toHaveLength(2);
      expect((await gallery.dossier(scope, eve))?.templates[0]?.hidden).toBe(true);
      expect((await gallery.standing(scope, old)).epoch).toBe(1);
      const set = { findsPerHour: 3, showing: false, enrolProof: 'gesture', channels: ['7'] };
      expect(await gallery.settings(scope)).toEqual(set);
      const ledger = await gallery.ledger(scope);
      expect(firstBreak(ledger)).toBeUndefined();
      expect(ledger.slice(0, -1)).toEqual(before.ledger);
      expect(ledger.at(-1)).toMatchObject({ kind: 'restored', lost: { size: before.ledger.length + 3 } });
      expect(await gallery.catchUp()).toEqual([]);
    });
  });

  test('brings back nobody who was erased since, and says how many they were', async () => {
    const { config, DATA_DIR, file, ada, eve, adas, scope } = await group();
    await erases(config, scope, ada, eve);
    expect(await restore(config, file, ask)).toMatchObject({ people: 1, erased: 2 });
    await inHouse(config, async ({ stores: { gallery } }) => {
      expect(await gallery.remaining(scope, ada)).toBe(0);
      expect((await gallery.standing(scope, ada)).epoch).toBe(1);
      expect(await namesFound(gallery, scope, adas)).not.toContain('Ada');
      const reasons = (await gallery.ledger(scope)).flatMap((entry) => (entry.kind === 'erased' ? entry.reason : []));
      expect(reasons).toEqual(['asked', 'again', 'again']);
      expect(await gallery.catchUp()).toEqual([]);
    });
    // The bytes of the erased people never reached the new file either.
    const bytes = await readFile(join(DATA_DIR, 'gallery.db'));
    expect(bytes.includes(ada.id)).toBe(false);
  });

  test('brings back a selfie that was removed since: it leaves out only whole people', async () => {
    const { config, file, ada, scope, before } = await group();
    const [first, second] = before.adas?.templates ?? [];
    await inHouse(config, async ({ stores: { gallery } }) => {
      expect(await gallery.drop(scope, ada, first?.id ?? '')).toBe('dropped');
      expect((await gallery.dossier(scope, ada))?.templates).toHaveLength(1);
    });
    await restore(config, file, ask);
    await inHouse(config, async ({ stores: { gallery } }) => {
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
      await inHouse(config, async ({ stores: { gallery } }) => {
        expect(await namesFound(gallery, scope, adas)).toContain(ada.name);
        expect(await namesFound(gallery, scope, bens)).not.toContain('Ben');
      });
    }
  });

  test('takes in nothing of a write-ahead log whose gallery is gone', async () => {
    const { config, DATA_DIR, file, scope, before } = await group();
    const log = join(DATA_DIR, 'gallery.db-wal');
    const late = somebody('Late');
    await inHouse(config, async ({ stores: { gallery } }) => {
      await enrolled(gallery, scope, late, [face(DIMS)], { version });
      await copyFile(log, `${log}.kept`);
    });
    await rm(join(DATA_DIR, 'gallery.db'));
    await copyFile(`${log}.kept`, log);
    await restore(config, file, ask);
    await inHouse(config, async ({ stores: { gallery } }) => {
      expect(await gallery.dossier(scope, late)).toBeUndefined();
      expect((await gallery.ledger(scope)).slice(0, -1)).toEqual(before.ledger);
    });
  });

  test('that was killed leaves nothing that a /forget does not reach: the next start removes it', async () => {
    const { config, DATA_DIR } = await group();
    const half = join(DATA_DIR, 'gallery.db.restore-0f8e2c1a-5b7d-4e3f-9a6b-1c2d3e4f5a6b');
    for (const path of [half, `${half}-wal`, `${half}-shm`]) await copyFile(join(DATA_DIR, 'gallery.db'), path);
    await inHouse(config, async () => {});
    expect((await readdir(DATA_DIR)).filter((name) => name.includes('restore'))).toEqual([]);
  });

  test('is refused while a facefinder runs, and changes nothing then', async () => {
    const { config, file, ada, scope } = await group();
    await inHouse(config, async ({ stores: { gallery } }) => {
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

  test('is refused when the journal of erasures is younger than the backup, unless the operator answers for that', async () => {
    const { config, STATE_DIR, file, ada, scope } = await group();
    for (const journalLost of [false, true]) {
      const late = { journalLost, now: Date.now() + 181 * DAY };
      await expect(restore(config, file, late)).rejects.toThrow(/older than 180 days/);
    }
    await erases(config, scope, ada);
    await rm(STATE_DIR, { recursive: true });
    await expect(restore(config, file, ask)).rejects.toThrow(/older than the journal.*--journal-lost/);
    await inHouse(config, async () => {});
    await expect(restore(config, file, ask)).rejects.toThrow(/older than the journal/);
    // The store itself still knew of the erasure, and told the new second place.
    expect(await restore(config, file, { journalLost: true })).toMatchObject({ people: 2, erased: 1 });
  });
});
