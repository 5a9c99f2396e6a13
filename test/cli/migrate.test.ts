import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../src/cli/migrate.ts';
import { openSqliteGallery } from '../../src/gallery/sqlite/sqlite.ts';
import { openSqlitePending } from '../../src/queue/embedded/pending.ts';
import { deriveKeys } from '../../src/secrets/keys.ts';
import { PACK } from '../gallery/gallery-store.ts';

/** Addresses without a server: what is refused here is refused before any server is asked. */
const PRODUCTION = { REDIS_URL: 'redis://127.0.0.1:1', ELASTICSEARCH_URL: 'http://127.0.0.1:1' };

describe('facefinder migrate', () => {
  const master = randomBytes(32);
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'facefinder-migrate-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  const production = (key = master) => ({ ...PRODUCTION, MASTER_KEY: key.toString('base64'), DATA_DIR: dataDir });
  const run = (env: NodeJS.ProcessEnv, ...args: string[]) => migrate.run(args, { out: () => {}, err: () => {}, env });
  const opened = () => openSqliteGallery({ file: join(dataDir, 'gallery.db'), keys: deriveKeys(master), pack: PACK });
  async function embeddedGallery(): Promise<void> {
    await using _ = await opened();
  }

  it('needs to be told where to, in the settings that production has', async () => {
    await expect(run({ DATA_DIR: dataDir })).rejects.toThrow(/set ELASTICSEARCH_URL, REDIS_URL and MASTER_KEY/);
  });

  it('says which file it misses', async () => {
    await expect(run(production())).rejects.toThrow(join(dataDir, 'gallery.db'));
  });

  it('does not lose an erasure that is not finished', async () => {
    await embeddedGallery();
    await using pending = await openSqlitePending({ file: join(dataDir, 'pending.db') });
    const item = { id: 'one', owner: 'owner', body: 'sealed', expiresAt: Date.now() + 1e9 };
    await pending.put('erasure', item);
    await expect(run(production())).rejects.toThrow(/Erasures are not finished/);
    await pending.drop('erasure', item.id);
    await expect(run(production())).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('names a MASTER_KEY that is not the embedded gallery’s', async () => {
    await embeddedGallery();
    await expect(run(production(randomBytes(32)))).rejects.toThrow(/MASTER_KEY is not the key/);
  });

  it('does not leave the second place behind in silence: it asks for its folder, or for the word that it is lost', async () => {
    await using gallery = await opened();
    await gallery.noteWitness(Date.now());
    const file = join(dataDir, 'state', `${await gallery.id()}.db`);
    const env = { ...production(), STATE_DIR: join(dataDir, 'state') };
    await expect(run(env)).rejects.toThrow(`there is no ${file}. It knows who was erased. Set STATE_DIR`);
    await expect(run(env, '--journal-lost')).rejects.toMatchObject({ code: 'unavailable' });
    await mkdir(join(dataDir, 'state'));
    await using _ = await openSqlitePending({ file });
    await expect(run(env)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
