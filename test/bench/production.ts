import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { giveToService } from '../../infra/services/account.ts';
import { startElasticsearch } from '../../infra/services/elasticsearch.ts';
import { startRedis } from '../../infra/services/redis.ts';
import type { Pack } from '../../models/pack.ts';
import { openParts } from '../../src/app/parts.ts';
import { dispatch } from '../../src/chat/answering/dispatch.ts';
import { work } from '../../src/chat/answering/work.ts';
import type { Ask } from '../../src/chat/ask.ts';
import type { Courier } from '../../src/chat/courier.ts';
import type { Flow } from '../../src/chat/flow.ts';
import type { Reply } from '../../src/chat/reply.ts';
import { type Config, readConfig } from '../../src/config.ts';
import type { Person } from '../../src/consent/who.ts';
import type { Faces } from '../../src/face/face.ts';
import { openPipeline } from '../../src/face/pipeline.ts';
import { openFaces } from '../../src/face/pool.ts';
import { importIntoElasticsearch } from '../../src/gallery/elasticsearch/import.ts';
import { openLog } from '../../src/log.ts';
import { deriveKeys } from '../../src/secrets/keys.ts';
import { enrolled, face, somebody } from '../gallery/people.ts';
import type { Bench } from './benchmark.ts';
import { crowd, galleryOf } from './search-crowd.ts';

/** Faces enrolled in the group that is searched. */
const ENROLLED = 1_000;
/**
 * How many ask at once. A queue that does not know its pace yet lets 200 asks wait in all, and two
 * of each person.
 */
const ASKERS = 180;
/** Searches that a new Elasticsearch answers before the measurement. */
const WARMING = 3_000;

/**
 * Production on this machine: a real Redis and Elasticsearch, an enrolled group, and a platform
 * whose calls take no time.
 */
export interface Production extends AsyncDisposable {
  /**
   * Sends each of these photos with /find, by different people, while no worker runs. Resolves when
   * all are queued.
   */
  queue(photos: readonly Uint8Array[]): Promise<void>;
  /**
   * A worker with one process that sees photos, like `ROLE=worker`. A benchmark may use the
   * worker's `faces` too.
   */
  work(): Promise<AsyncDisposable & { readonly faces: Faces }>;
  /** The times (by `performance.now()`) of the next `count` answers, all of them results. */
  answers(count: number): Promise<number[]>;
}

/** @param photos every second one shows somebody who enrols */
export async function openProduction({ pack, photos }: Pick<Bench, 'pack' | 'photos'>): Promise<Production> {
  const dir = await mkdtemp(join(tmpdir(), 'facefinder-bench-'));
  await giveToService(dir);
  const stack = new AsyncDisposableStack();
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const elasticsearch = await startElasticsearch({ dir: join(dir, 'elasticsearch') });
  stack.defer(async () => void (await elasticsearch.stop()));
  const redis = await startRedis({ dir: join(dir, 'redis') });
  stack.defer(async () => void (await redis.stop()));

  const key = randomBytes(32);
  const config = readConfig(
    {
      MASTER_KEY: key.toString('base64'),
      REDIS_URL: redis.url,
      ELASTICSEARCH_URL: elasticsearch.url,
      FINDS_PER_HOUR: '1000',
      LOG_LEVEL: 'silent',
    },
    dir,
  );
  const group = crowd(ENROLLED, pack);
  await importIntoElasticsearch({ url: elasticsearch.url, keys: deriveKeys(key), pack }, galleryOf([group]));
  const platform = freePlatform();
  const { flow } = await house(config, pack, platform.courier, stack);

  const [place = { platform: 'discord', id: 'none' } as const] = group.places;
  const scope = await flow.gallery.scope(place);
  const { see } = await openPipeline(pack);
  const found: Person[] = [];
  for (const photo of photos.filter((_, index) => index % 2 === 0)) {
    const [face] = (await see(photo)).faces;
    if (!face) continue;
    const person = somebody();
    await enrolled(flow.gallery, scope, person, [face.embedding]);
    if (found.length === 0) found.push(person);
  }

  const askers = Array.from({ length: ASKERS }, () => somebody('Asker'));
  const { version, hash } = flow.notices('search', 'en', place);
  for (const asker of askers) {
    await flow.gallery.agree(scope, asker, 'search', { version, noticeHash: hash, at: Date.now(), shown: false }, 0);
  }
  // Production servers have been running for days. Until its code is compiled, each request costs a
  // new server many times as much.
  for (let turn = 0; turn < WARMING; turn++) {
    await flow.gallery.scope(place);
    await Promise.all(askers.slice(0, 8).map((asker) => flow.gallery.standing(scope, asker)));
    await flow.gallery.search(scope, [face(pack.dims)]);
    await flow.gallery.recordFinds(scope, somebody(), found, Date.now());
  }
  return {
    async queue(photos) {
      for (const [index, photo] of photos.entries()) {
        const asker = askers[index % askers.length] ?? somebody();
        await dispatch(flow, find(asker, place, platform.hold(photo)));
      }
    },
    async work() {
      const own = new AsyncDisposableStack();
      const faces = own.use(await openFaces({ pack, children: 1 }));
      const { flow, stores } = await house(config, pack, platform.courier, own);
      work(stores.queue, flow, faces, 1);
      return { faces, [Symbol.asyncDispose]: () => own.disposeAsync() };
    },
    answers: platform.answers,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function house(config: Config, pack: Pack, courier: Courier, stack: AsyncDisposableStack) {
  const couriers: Flow['couriers'] = { discord: courier };
  return openParts({ config, pack, couriers, log: openLog('silent') }, stack);
}

function find(person: Person, place: Ask['place'], photo: string): Ask {
  return {
    id: `discord:${randomUUID()}`,
    command: 'find',
    args: '',
    person,
    place,
    locale: 'en',
    photos: [{ platform: 'discord', photo }],
    address: { platform: 'discord', chat: randomUUID() },
    deadline: Date.now() + 600_000,
  };
}

/** Gives photos and accepts answers at once, so that only facefinder is measured. */
function freePlatform() {
  const photos = new Map<unknown, Uint8Array>();
  let heard: (replies: readonly Reply[]) => void = () => {};
  const courier: Courier = {
    audience: 'group',
    placeholder: async (address) => address,
    async answer(_address, replies) {
      heard(replies);
      return undefined;
    },
    fetchPhoto: async ({ photo }) => photos.get(photo) ?? new Uint8Array(),
    membership: async () => 'member',
  };
  return {
    courier,
    hold(photo: Uint8Array): string {
      const id = randomUUID();
      photos.set(id, photo);
      return id;
    },
    answers(count: number): Promise<number[]> {
      const times: number[] = [];
      const { promise, resolve, reject } = Promise.withResolvers<number[]>();
      heard = (replies) => {
        const wrong = replies.find(({ kind }) => kind !== 'result');
        if (wrong) reject(new Error(`a /find was answered with ${JSON.stringify(wrong)}`));
        times.push(performance.now());
        if (times.length === count) resolve(times);
      };
      return promise;
    },
  };
}
