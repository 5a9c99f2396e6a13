import { beforeAll, describe, expect, test } from 'vitest';
import type { Gallery } from '../../../src/gallery/gallery.ts';
import type { GalleryStore } from '../gallery-store.ts';
import { agreed, closerThan, enrolled, face, somebody, somewhere, T0 } from '../people.ts';

const FEW = 10;
const MANY = 1_000;

/**
 * The counts may differ by this much, because a search may or may not see what was written less
 * than a second ago.
 */
const CHANCE = 3;

/** How many groups are made at the same time. */
const AT_ONCE = 50;

/** Longer than any store needs to make the groups. */
const PATIENT = 300_000;

/** Somebody who is enrolled in one new group, and has agreed in another. */
async function asker(gallery: Gallery) {
  const person = somebody('Ada');
  const [where, elsewhere] = [somewhere(), somewhere()];
  const scope = await gallery.scope(where);
  const own = face();
  await enrolled(gallery, scope, person, [own]);
  const consent = await agreed(gallery, await gallery.scope(elsewhere), person);
  return { person, where, elsewhere, scope, own, consent };
}

type Asker = Awaited<ReturnType<typeof asker>>;

/**
 * What each kind of ask does with the gallery. The asks run in this order, on what earlier ones
 * left.
 */
const ASKS: Readonly<Record<string, (gallery: Gallery, who: Asker) => Promise<unknown>>> = {
  'choosing the group in a private chat': (gallery, { person }) => gallery.scopesOf(person),
  'meeting a group': (gallery, { where }) => gallery.scope(where),
  'meeting a new group': (gallery) => gallery.scope(somewhere()),
  'coming to the gate': (gallery, { where, person }) => gallery.entrance(where, person),
  'asking the gate': (gallery, { scope, person }) => gallery.standing(scope, person),
  'agreeing anew': (gallery, { scope, person }) => agreed(gallery, scope, person, { at: T0 + 1 }),
  enrolling: (gallery, { consent, own }) => gallery.enrol(consent, [own], closerThan(0.3)),
  finding: (gallery, { scope, own }) => gallery.search(scope, [own]),
  'logging who was found': (gallery, { scope, person }) => gallery.recordFinds(scope, person, [person], T0, 'ask'),
  'reading one’s data': (gallery, { scope, person }) => gallery.dossier(scope, person),
  'being told of alerts': (gallery, { scope, person }) => gallery.acknowledge(scope, person, 1),
  forgetting: (gallery, { scope, person }) => gallery.erase(scope, person, 'asked', T0),
  'counting what is left': (gallery, { scope, person }) => gallery.remaining(scope, person),
};

/** A store that counts what it was asked. */
type Counted = GalleryStore & { readonly spent: () => number };

export function costContract(newStore: () => Promise<GalleryStore>): void {
  describe('what an ask costs', () => {
    const costs: Record<number, Record<string, number>> = {};

    beforeAll(async () => {
      const store = await newStore();
      if (!isCounted(store)) throw new Error('a store must count what it was asked: see GalleryStore.spent');
      await using gallery = await store.open();
      for (const groups of [FEW, MANY]) {
        await haveGroups(gallery, groups);
        costs[groups] = await costsOf(store, await asker(gallery));
      }
    }, PATIENT);

    test.for(Object.keys(ASKS))('is the same among 1,000 groups as among 10: %s', (ask) => {
      const [few = 0, many = Number.NaN] = [costs[FEW]?.[ask], costs[MANY]?.[ask]];
      expect(few).toBeGreaterThan(0);
      expect(Math.abs(many - few)).toBeLessThanOrEqual(CHANCE);
    });
  });
}

function isCounted(store: GalleryStore): store is Counted {
  return store.spent !== undefined;
}

/** Adds groups until there are `count`. */
async function haveGroups(gallery: Gallery, count: number): Promise<void> {
  const missing = count - (await gallery.scopes()).length;
  for (let made = 0; made < missing; made += AT_ONCE) {
    const now = Math.min(AT_ONCE, missing - made);
    await Promise.all(Array.from({ length: now }, () => gallery.scope(somewhere())));
  }
}

async function costsOf(store: Counted, who: Asker): Promise<Record<string, number>> {
  const costs: Record<string, number> = {};
  for (const [ask, run] of Object.entries(ASKS)) {
    // The gallery is closed after each ask, because work that an ask leaves for later belongs to
    // its cost.
    const gallery = await store.open();
    const before = store.spent();
    await run(gallery, who);
    await gallery[Symbol.asyncDispose]();
    costs[ask] = store.spent() - before;
  }
  return costs;
}
