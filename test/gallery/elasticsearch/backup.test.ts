import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checkBackup, openBackup, writeBackup } from '../../../src/backup/backup.ts';
import { exportElasticsearchGallery } from '../../../src/gallery/elasticsearch/export.ts';
import { clearElasticsearch, importIntoElasticsearch } from '../../../src/gallery/elasticsearch/import.ts';
import { exportSqliteGallery } from '../../../src/gallery/sqlite/export.ts';
import { importIntoSqlite } from '../../../src/gallery/sqlite/import.ts';
import { openSqliteGallery } from '../../../src/gallery/sqlite/sqlite.ts';
import { sharedElasticsearch } from '../../support/shared-services.ts';
import { PACK } from '../gallery-store.ts';
import {
  agreed,
  closerThan,
  distanceOf,
  enrolled,
  face,
  faceAt,
  namesFound,
  somebody,
  somewhere,
  T0,
} from '../people.ts';
import { newElasticsearchStore } from './store.ts';

const server = await sharedElasticsearch();
const folder = await mkdtemp(join(tmpdir(), 'facefinder-backup-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(!server)('a backup of Elasticsearch', () => {
  test('made while people enrol is put back whole, here and in SQLite', async () => {
    const store = await newElasticsearchStore(server?.url ?? '');
    const { keys, url, prefix } = store;
    const options = { url, prefix, keys, pack: PACK };
    const [file, embedded] = [join(folder, 'backup'), join(folder, 'gallery.db')];
    const [ada, ben, eve, old] = [somebody('Ada'), somebody('Ben'), somebody('Eve'), somebody('Old')];
    const [adas, bens] = [face(), face()];
    const club = somewhere();
    const gallery = await store.open();
    const scope = await gallery.scope(club);
    await enrolled(gallery, scope, old, [face()]);
    await gallery.erase(scope, old, 'asked', T0);
    await enrolled(gallery, scope, ada, [adas, faceAt(0.3, adas)], { shown: true });
    await enrolled(gallery, scope, ben, [bens]);
    await gallery.enrol(await agreed(gallery, scope, eve), [faceAt(0.1, bens)], { ...closerThan(0.5), claim: 'mine' });
    await gallery.recordFinds(scope, ada, [ben], T0);
    const [dossier, id] = [await gallery.dossier(scope, ada), await gallery.id()];
    {
      await using source = await exportElasticsearchGallery(options);
      const during = (async () => {
        for (let count = 0; count < 3; count++) await enrolled(gallery, scope, somebody(), [face()]);
      })();
      await writeBackup(file, keys, { at: T0, gallery: id, pack: PACK.id }, source);
      await during;
    }
    const { people } = await checkBackup(file, keys);
    expect(people).toBeGreaterThanOrEqual(3);
    await gallery[Symbol.asyncDispose]();

    const { source } = await openBackup(file, keys);
    const whole = { ...source, id: async () => id };
    await clearElasticsearch(options);
    await importIntoElasticsearch(options, whole);
    await importIntoSqlite(embedded, keys, whole);
    const after = [await store.open(), await openSqliteGallery({ file: embedded, keys, pack: PACK, notice: 1 })];
    for (const one of after) {
      await using again = one;
      expect(await again.id()).toBe(id);
      expect(await again.scopeOf(club)).toBe(scope);
      expect((await namesFound(again, scope, adas))[0]).toBe('Ada');
      expect(await namesFound(again, scope, bens)).toContain('Ben');
      expect(await namesFound(again, scope, bens)).not.toContain('Eve');
      const { templates, ...rest } = (await again.dossier(scope, ada)) ?? { templates: [] };
      expect({ ...rest, templates: templates.length }).toEqual({ ...dossier, templates: 2 });
      expect(distanceOf(templates[0]?.embedding ?? face(), adas)).toBeLessThan(1e-5);
      expect((await again.dossier(scope, ben))?.foundBy).toHaveLength(2);
      expect((await again.standing(scope, old)).epoch).toBe(1);
      expect(await again.people(scope)).toHaveLength(people);
    }
    // A restored gallery can be backed up again.
    await using twice = await exportSqliteGallery(embedded, keys);
    expect(await writeBackup(`${file}2`, keys, { at: T0, gallery: id, pack: PACK.id }, twice)).toMatchObject({
      people,
    });
  });
});
