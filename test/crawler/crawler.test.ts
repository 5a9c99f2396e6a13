import { expect, test } from 'vitest';
import { shared } from '../face/samples.ts';
import { openPatience, type Wait } from '../support/patience.ts';
import { startProbe } from '../support/probe.ts';
import { step } from './crawl.ts';
import { World } from './world.ts';

/** How many people play in every run; `npm run drill crawler` plays more. */
const SAMPLE = 300;
const PEOPLE = Number(process.env.PEOPLE ?? SAMPLE);
const SEED = Number(process.env.SEED ?? 20_261_127);

/** A drill also reports its progress, and how soon answers came. */
const IS_DRILL = process.env.PEOPLE !== undefined;

/** With REAL_NETS, the folder of the photographs at which real nets look. Undefined without it. */
const FOLDER = process.env.REAL_NETS ? shared('faces') : undefined;

/** How many people one program has, and how many programs run at once. */
const [TOGETHER, AT_ONCE] = FOLDER ? [6, 2] : [24, 3];

const STEPS_EACH = 12;

/** Sentences that must come at least once. What a sentence says is only tested when it comes. */
const SAID = [
  'blur.done',
  'enroll.done',
  'enroll.collected',
  'enroll.gesture.ask',
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

/** How many more handles than at the beginning may be open later. */
const MORE_HELD = 200;

/** A drill reports what it holds each time that so many people have played. */
const REPORTED = 240;

/** Only an answer that hangs takes this long. */
const TIMEOUT_MS = PEOPLE * 60_000;

test.skipIf(process.env.REAL_NETS && !FOLDER)(
  `${PEOPLE} random people are answered within 2 s, meet no dead end, and are told nothing untrue (seed ${SEED})`,
  async () => {
    const said = new Set<string>();
    const tally = new Map<string, number>();
    const waits: Wait[] = [];
    const wrong: string[] = [];
    const held: number[] = [];
    let played = 0;
    using probe = startProbe();
    const patience = openPatience(probe.run);

    const play = async (first: number) => {
      await using world = await World.open(Math.min(TOGETHER, PEOPLE - first), SEED + first, patience, FOLDER);
      try {
        for (let left = world.people.length * STEPS_EACH; left > 0; left--) {
          for (const what of await step(world)) tally.set(what, (tally.get(what) ?? 0) + 1);
        }
        expect(world.program.errors().join('\n'), 'logged').toBe('');
      } catch (error) {
        const told = `seed ${SEED + first}: ${String(error)}`;
        wrong.push(told);
        if (IS_DRILL) console.log(told);
      }
      for (const key of world.claimed) said.add(key.split(':')[0] ?? key);
      waits.push(...world.waits);
      played += world.people.length;
      if (IS_DRILL && played % REPORTED === 0) held.push(report(played));
    };
    const worlds = Array.from({ length: Math.ceil(PEOPLE / TOGETHER) }, (_, index) => index * TOGETHER);
    const playAll = async () => {
      for (let next = worlds.shift(); next !== undefined; next = worlds.shift()) await play(next);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, playAll));

    if (IS_DRILL) tell(tally, waits);
    expect(wrong.join('\n\n')).toBe('');
    const [first = 0] = held;
    for (const now of held) expect(now, 'open files, sockets and timers').toBeLessThan(first + MORE_HELD);
    // Fewer people than a sample, or people with real nets, do not see every sentence.
    if (PEOPLE < SAMPLE || FOLDER) return;
    for (const key of SAID) expect([...said], 'what was said').toContain(key);
    expect(tally.get('restart')).toBeGreaterThan(1);
    if (IS_DRILL) expect(tally.get('killed: done')).toBeGreaterThan(1);
  },
  TIMEOUT_MS,
);

/**
 * Gives how many handles the crawler holds open. Programs do not count, because their processes
 * end.
 */
function report(played: number): number {
  const open = process.getActiveResourcesInfo().length;
  const megabytes = Math.round(process.memoryUsage.rss() / 2 ** 20);
  console.log(`${played} of ${PEOPLE} people, ${megabytes} MB, ${open} files, sockets and timers`);
  return open;
}

function tell(tally: ReadonlyMap<string, number>, waits: readonly Wait[]): void {
  const counts = [...tally].toSorted(([, a], [, b]) => b - a).map(([what, count]) => `${count} ${what}`);
  console.log(counts.join(', '));
  const all = spread(waits.map(({ ms }) => ms));
  const own = spread(waits.map(({ ms, slowness }) => ms / slowness));
  console.log(`${waits.length} answers began after ms (half, 95 %, 99 %, all): ${all.join(', ')}`);
  console.log(`on a machine that does nothing else: ${own.join(', ')}`);
}

function spread(all: readonly number[]): number[] {
  const sorted = all.toSorted((a, b) => a - b);
  return [0.5, 0.95, 0.99, 1].map((share) => Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0));
}
