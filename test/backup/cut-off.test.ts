import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { describePack } from '../../models/pack.ts';
import { backup } from '../../src/app/backup.ts';
import { restore } from '../../src/app/restore.ts';
import { openProxy } from '../gallery/elasticsearch/proxy.ts';
import { newElasticsearchStore } from '../gallery/elasticsearch/store.ts';
import { enrolled, face, somebody, somewhere, T0 } from '../gallery/people.ts';
import { sharedElasticsearch, sharedRedis } from '../support/shared-services.ts';
import { ask, DIMS, place, version } from './group.ts';
import { inHouse } from './house.ts';

const [elasticsearch, redis] = [await sharedElasticsearch(), await sharedRedis()];

test.skipIf(!elasticsearch || !redis)(
  'a restore that was cut off brings back nobody when it is repeated, even if only the replaced gallery knew of an erasure',
  async () => {
    const store = await newElasticsearchStore(elasticsearch?.url ?? '');
    await using proxy = await openProxy(store.url);
    const urls = { REDIS_URL: redis?.url ?? '', ELASTICSEARCH_URL: proxy.url };
    const { config, file } = place({ ...urls, MASTER_KEY: store.master.toString('base64') });
    const { stores } = config;
    if (stores.mode !== 'production') throw new Error('the settings are of the embedded mode');
    // Other tests use the same servers, with other prefixes.
    Object.assign(stores.redis, { prefix: `{test-${randomUUID()}}` });
    Object.assign(stores.elasticsearch, { prefix: store.prefix });
    const [ada, ben] = [somebody('Ada'), somebody('Ben')];
    const scope = await inHouse(config, async ({ stores: { gallery } }) => {
      await gallery.adoptPack();
      const club = await gallery.scope(somewhere());
      for (const person of [ada, ben]) await enrolled(gallery, club, person, [face(DIMS)], { version });
      return club;
    });
    await backup(config, file);
    {
      // The second place does not hear of this erasure.
      await using gallery = await store.open({ pack: await describePack('faceplugin512', config.modelDir) });
      await gallery.erase(scope, ada, 'asked', T0);
    }
    let isDead = false;
    proxy.decide(({ method, path }) => {
      const isRemoval = method === 'DELETE' && path.includes(store.prefix);
      if (isDead) return 'cut';
      isDead = isRemoval;
      return 'pass';
    });
    await expect(restore(config, file, ask)).rejects.toThrow();
    expect(isDead).toBe(true);
    proxy.decide(() => 'pass');
    expect(await restore(config, file, ask)).toMatchObject({ people: 1, erased: 1 });
  },
);
