import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { backup } from '../../src/app/backup.ts';
import { restore } from '../../src/app/restore.ts';
import { readConfig } from '../../src/config.ts';
import { firstBreak } from '../../src/consent/ledger.ts';
import { NOTICE_VERSION } from '../../src/consent/notice.ts';
import type { Person, ScopeId } from '../../src/consent/who.ts';
import type { Gallery } from '../../src/gallery/gallery.ts';
import { agreed, enrolled, face, namesFound } from '../gallery/people.ts';
import { inHouse } from './house.ts';

/** How many histories, and the first seed. `npm run drill histories` has 200. */
const COUNT = Number(process.env.HISTORIES ?? 3);
const SEED = Number(process.env.SEED ?? 1);

/** Mulberry32: random numbers that are the same for the same seed. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const PEOPLE = ['Ada', 'Ben', 'Cy', 'Dee'];
const GROUPS = ['club', 'team'];

/**
 * The truth about one person in one group: the number of their life, whether it goes on, and
 * whether a face is enrolled in it.
 */
interface Truth {
  readonly life: number;
  readonly lives: boolean;
  readonly enrolled: boolean;
}

const NOBODY: Truth = { life: 0, lives: false, enrolled: false };

test.for(Array.from({ length: COUNT }, (_, index) => SEED + index))(
  'history %i: nobody who was erased is found after a restore, and everybody else is',
  async (seed) => {
    const below = random(seed);
    const root = await mkdtemp(join(tmpdir(), 'facefinder-history-'));
    const env = { DATA_DIR: join(root, 'data'), STATE_DIR: join(root, 'state'), FACE_PACK: 'faceplugin512' };
    const config = readConfig({ ...env, LOG_LEVEL: 'silent', MASTER_KEY: randomBytes(32).toString('base64') }, root);
    const file = join(root, 'backup');
    const truth = new Map<string, Truth>();
    const faces = new Map(PEOPLE.map((name) => [name, face(512)]));
    const person = (name: string): Person => ({ platform: 'discord', id: `id of ${name}`, name });

    async function step(gallery: Gallery): Promise<void> {
      const [name, group] = [PEOPLE[below(PEOPLE.length)] ?? '', GROUPS[below(GROUPS.length)] ?? ''];
      const key = `${name} ${group}`;
      const now = truth.get(key) ?? NOBODY;
      const scope = await gallery.scope({ platform: 'discord', id: group });
      switch (below(5)) {
        case 0:
        case 1:
          await enrolled(gallery, scope, person(name), [faces.get(name) ?? face(512)], {
            version: NOTICE_VERSION,
            at: Date.now(),
          });
          truth.set(key, { ...now, lives: true, enrolled: true });
          return;
        case 2:
          await agreed(gallery, scope, person(name), { version: NOTICE_VERSION, at: Date.now() });
          truth.set(key, { ...now, lives: true });
          return;
        default:
          await gallery.erase(scope, person(name), 'asked', Date.now());
          truth.set(key, { life: now.life + (now.lives ? 1 : 0), lives: false, enrolled: false });
      }
    }

    const during = (work: (gallery: Gallery & { catchUp: () => Promise<ScopeId[]> }) => Promise<void>) =>
      inHouse(config, ({ stores }) => work(stores.gallery));

    let atBackup = new Map<string, Truth>();
    await during(async (gallery) => {
      for (let count = 3 + below(8); count > 0; count--) await step(gallery);
      atBackup = new Map(truth);
      await backup(config, file);
      for (let count = below(5); count > 0; count--) await step(gallery);
    });
    await during(async (gallery) => {
      for (let count = below(8); count > 0; count--) await step(gallery);
    });
    // Sometimes the disk is lost with everything on it, but not the second place.
    if (below(3) === 0) await rm(config.dataDir, { recursive: true });
    await restore(config, file, { journalLost: false });

    await during(async (gallery) => {
      expect(await gallery.catchUp()).toEqual([]);
      for (const group of GROUPS) {
        const scope = await gallery.scopeOf({ platform: 'discord', id: group });
        if (!scope) continue;
        expect(firstBreak(await gallery.ledger(scope))).toBeUndefined();
        for (const name of PEOPLE) {
          const key = `${name} ${group}`;
          const [then, now] = [atBackup.get(key) ?? NOBODY, truth.get(key) ?? NOBODY];
          const isSameLife = then.lives && then.life === now.life;
          const found = await namesFound(gallery, scope, faces.get(name) ?? face(512));
          expect({ key, found: found.includes(name) }).toEqual({ key, found: isSameLife && then.enrolled });
          expect({ key, rows: (await gallery.remaining(scope, person(name))) > 0 }).toEqual({ key, rows: isSameLife });
        }
      }
    });
    await rm(root, { recursive: true });
  },
);
