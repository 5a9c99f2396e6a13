import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seeded } from '../../src/evaluate/seeded.ts';
import { readTree } from '../house/tree.ts';
import { excuseFor } from './excused.ts';
import { type Mutant, mutantsOf } from './mutants.ts';
import { ROOMS, roomOf, SETTINGS, tryRoom, tryTests, type Verdict } from './rooms.ts';

/**
 * Draws small faults in the code that people rely on, makes each in a scratch copy, and runs the
 * tests of its room. A fault survives when no test notices it. A failed test counts only if it
 * passes right after, without the fault. Exits with 0 when nine in ten of the faults that are not
 * excused are noticed. `node test/mutation/run.ts [--count 300] [--seed 1] [--only src/match] [--at
 * src/match/verdict.ts:46 …]`
 */
const PARTS = [
  'src',
  'commands',
  'docs',
  'models',
  'infra',
  'test',
  'package.json',
  'bin',
  'tsconfig.json',
  'vitest.config.ts',
];
/** Most tests of these rooms wait longer than they compute, so four runs fit on two cores. */
const WORKERS = 4;
/**
 * The runs start no servers and fetch no models, because these rooms need none. All files of a run
 * share one process, because that starts soonest.
 */
const CONFIG = `import config from './vitest.config.ts';
export default { test: { ...config.test, globalSetup: [], isolate: false, maxWorkers: 1 } };
`;
const ENOUGH = 0.9;

/**
 * What became of a fault. Two outcomes can also come from sound code on a busy machine, so they do
 * not count as noticed: `endless`, when the tests did not end, and `unsure`, when the failed test
 * also fails without the fault.
 */
type Outcome = 'noticed' | 'survives' | 'endless' | 'unsure';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    /** Tries all faults of these lines, each given as path:line. */
    at: { type: 'string', multiple: true },
  },
});

const tree = readTree();
const all = [...tree.keys()]
  .filter((path) => path.startsWith(values.only) && roomOf(path))
  .sort()
  .flatMap((path) => mutantsOf(tree, path))
  .filter(({ path, line }) => values.at?.includes(`${path}:${line}`) ?? true);
const drawn = draw(all, Number(values.count), seeded(Number(values.seed)));
console.log(`${drawn.length} of ${all.length} possible faults, drawn with seed ${values.seed}`);

const outcomes = new Map<Mutant, Outcome>();
const queue = [...drawn];
await checkSoundCode();
await Promise.all(Array.from({ length: WORKERS }, work));
process.exitCode = report() >= ENOUGH ? 0 : 1;

/** Throws when tests fail without a fault, because then every fault would count as noticed. */
async function checkSoundCode(): Promise<void> {
  await inCopy(async (scratch) => {
    for (const room of ROOMS) {
      if (drawn.some(({ path }) => room.files.test(path)) && (await tryRoom(scratch, room)) !== 'passes') {
        throw new Error(`${room.tests.flat().join(', ')} fail without any fault`);
      }
    }
  });
}

async function work(): Promise<void> {
  await inCopy(async (scratch) => {
    for (let mutant = queue.shift(); mutant; mutant = queue.shift()) await tryOut(mutant, scratch);
  });
}

async function inCopy(act: (scratch: string) => Promise<void>): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'facefinder-mutants-'));
  try {
    for (const part of PARTS)
      await cp(join(import.meta.dirname, '../..', part), join(scratch, part), { recursive: true });
    await symlink(join(import.meta.dirname, '../../node_modules'), join(scratch, 'node_modules'));
    await writeFile(join(scratch, SETTINGS), CONFIG);
    await act(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function tryOut(mutant: Mutant, scratch: string): Promise<void> {
  const room = roomOf(mutant.path);
  if (!room) throw new Error(`${mutant.path} is in no room`);
  await writeFile(join(scratch, mutant.path), mutant.text);
  const verdict = await tryRoom(scratch, room);
  await writeFile(join(scratch, mutant.path), tree.get(mutant.path) ?? '');
  const outcome = await judge(verdict, scratch);
  outcomes.set(mutant, outcome);
  if (outcome !== 'noticed') {
    const how = outcome === 'survives' && isExcused(mutant) ? 'excused ' : outcome;
    console.log(`${how} ${mutant.path}:${mutant.line}: ${short(mutant.from)} → ${short(mutant.to)}`);
  }
  if (outcomes.size % 25 === 0) console.log(`${outcomes.size} tried, ${of('survives').length} survive`);
}

/**
 * The outcome of a fault. Repeats a failed test in the same copy without the fault, while the
 * machine is as busy.
 */
async function judge(verdict: Verdict, scratch: string): Promise<Outcome> {
  if (verdict === 'passes') return 'survives';
  if (verdict === 'endless') return 'endless';
  return (await tryTests(scratch, verdict.failed)) === 'passes' ? 'noticed' : 'unsure';
}

/** Prints the outcomes. Gives the share of noticed faults among those that are not excused. */
function report(): number {
  const excused = of('survives').filter(isExcused);
  const noticeable = drawn.length - excused.length;
  const noticed = of('noticed').length;
  const share = noticeable === 0 ? 1 : noticed / noticeable;
  console.log(
    `${noticed} of ${noticeable} faults noticed (${(100 * share).toFixed(1)} %), ${of('endless').length} endless, ` +
      `${of('unsure').length} unsure, ${of('survives').length - excused.length} survive; ${excused.length} more are excused`,
  );
  return share;
}

function of(outcome: Outcome): Mutant[] {
  return [...outcomes].filter(([, its]) => its === outcome).map(([mutant]) => mutant);
}

function isExcused(mutant: Mutant): boolean {
  return excuseFor(mutant, tree.get(mutant.path) ?? '') !== undefined;
}

/** Draws `count` different faults, by the shuffle of Fisher and Yates. */
function draw(from: readonly Mutant[], count: number, random: () => number): Mutant[] {
  const left = [...from];
  for (let i = left.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    const [one, other] = [left[i], left[j]];
    if (one && other) [left[i], left[j]] = [other, one];
  }
  return left.slice(0, count);
}

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
