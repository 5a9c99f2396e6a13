import { expect, test, vi } from 'vitest';
import type { PoolOptions } from '../../src/face/pool.ts';
import { step } from './crawl.ts';
import { dealtFaces } from './faces.ts';
import { openedIn } from './program.ts';
import { World } from './world.ts';

// Everything but the nets is real.
vi.mock('../../src/face/pool.ts', () => ({
  openFaces: async ({ pack }: PoolOptions) => dealtFaces(pack.manifest.embedder.dims),
}));

// Points of no face show no gesture: nobody is asked for one.
vi.mock('../../src/face/gesture.ts', async (original) => ({
  ...(await original<typeof import('../../src/face/gesture.ts')>()),
  seesGestures: () => false,
}));

// It is looked at whether there is work left.
vi.mock('../../src/queue/embedded/queue.ts', async (original) => {
  const real = await original<typeof import('../../src/queue/embedded/queue.ts')>();
  return {
    ...real,
    embeddedQueue(options: Parameters<typeof real.embeddedQueue>[0]) {
      const queue = real.embeddedQueue(options);
      openedIn.getStore()?.push(queue);
      return queue;
    },
  };
});

/** In every run; `npm run drill crawler` plays more. */
const SAMPLE = 300;
const PEOPLE = Number(process.env.PEOPLE ?? SAMPLE);
const SEED = Number(process.env.SEED ?? 20_261_127);

/** A drill also reports how soon answers came. */
const IS_DRILL = process.env.PEOPLE !== undefined;

/** People of one program, and how many programs run at once. */
const [TOGETHER, AT_ONCE] = [24, 3];

const STEPS_EACH = 12;

/** Sentences that must have come: one that never comes is never wrong. */
const SAID = [
  'blur.done',
  'enroll.done',
  'enroll.collected',
  'failures.bad_command',
  'failures.expired',
  'failures.no_face',
  'failures.not_allowed',
  'failures.not_enrolled',
  'failures.no_photo',
  'failures.several_faces',
  'find.nobodyEnrolled',
  'forget.kept',
  'forget.nothing',
  'forget.receipt',
  'intent.near',
  'me.found',
  'intent.onlyPhotos',
  'intent.photo',
  'mydata.enrolled',
  'mydata.nothing',
  'notice.declined',
  'notice.self.title',
  'settings.title',
  'telegram.openOnce',
];

/** Only a hanging answer takes this long. */
const TIMEOUT_MS = PEOPLE * 60_000;

test(
  `${PEOPLE} random people are answered, meet no dead end, and are told nothing untrue (seed ${SEED})`,
  async () => {
    const said = new Set<string>();
    const tally = new Map<string, number>();
    const waits: number[] = [];
    const wrong: string[] = [];

    const play = async (first: number) => {
      await using world = await World.open(Math.min(TOGETHER, PEOPLE - first), SEED + first);
      try {
        for (let left = world.people.length * STEPS_EACH; left > 0; left--) {
          for (const what of await step(world)) tally.set(what, (tally.get(what) ?? 0) + 1);
        }
        expect(world.program.errors.join('\n'), 'logged').toBe('');
      } catch (error) {
        wrong.push(`seed ${SEED + first}: ${String(error)}`);
      }
      for (const key of world.claimed) said.add(key.split(':')[0] ?? key);
      waits.push(...world.waits);
    };
    const worlds = Array.from({ length: Math.ceil(PEOPLE / TOGETHER) }, (_, index) => index * TOGETHER);
    const playAll = async () => {
      for (let next = worlds.shift(); next !== undefined; next = worlds.shift()) await play(next);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, playAll));

    if (IS_DRILL) tell(tally, waits);
    expect(wrong.join('\n\n')).toBe('');
    // A few people do not see every sentence.
    if (PEOPLE >= SAMPLE) for (const key of SAID) expect([...said], 'what was said').toContain(key);
  },
  TIMEOUT_MS,
);

function tell(tally: ReadonlyMap<string, number>, waits: readonly number[]): void {
  const counts = [...tally].toSorted(([, a], [, b]) => b - a).map(([what, count]) => `${count} ${what}`);
  console.log(counts.join(', '));
  console.log(`${waits.length} answers began after ms (half, 95 %, 99 %, all): ${spread(waits).join(', ')}`);
}

function spread(all: readonly number[]): number[] {
  const sorted = all.toSorted((a, b) => a - b);
  return [0.5, 0.95, 0.99, 1].map((share) => Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0));
}
