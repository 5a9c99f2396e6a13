import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seeded } from '../../src/evaluate/seeded.ts';
import { readTree } from '../house/tree.ts';
import { EXCUSED } from './excused.ts';
import { type Mutant, mutantsOf } from './mutants.ts';

/**
 * Draws faults of the rules that people rely on, makes each alone in a scratch copy, and runs the tests of its room: a fault that no
 * test notices survives. `node test/mutation/run.ts [--count 300] [--seed 1] [--only src/match]`; exit code 0 when nine in ten die.
 */
const ROOMS: readonly { readonly files: RegExp; readonly tests: readonly string[] }[] = [
  { files: /^src\/match\//, tests: ['test/match'] },
  { files: /^src\/secrets\//, tests: ['test/secrets', 'test/gallery/rules'] },
  {
    files: /^src\/consent\//,
    tests: ['test/consent', 'test/gallery/rules', 'test/chat/consent.test.ts', 'test/chat/retention.test.ts'],
  },
  { files: /^src\/gallery\/rules\//, tests: ['test/gallery/rules', 'test/gallery/sqlite/sqlite.test.ts'] },
  {
    files: /^src\/chat\/erasure\//,
    tests: [
      'test/chat/erasure.test.ts',
      'test/chat/erase-all.test.ts',
      'test/chat/retention.test.ts',
      'test/chat/expiry.test.ts',
    ],
  },
];
const PARTS = ['src', 'commands', 'models', 'infra', 'test', 'package.json', 'bin', 'tsconfig.json'];
const WORKERS = 2;
/** No servers, models or network: these rooms need none. */
const CONFIG = `import { defineConfig } from 'vitest/config';
export default defineConfig({ test: { include: ['test/**/*.test.ts'], testTimeout: 60_000, fileParallelism: false } });
`;
/** A fault that makes a loop endless is noticed by that. */
const PATIENCE_MS = 120_000;

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
  },
});

const tree = readTree();
const all = [...tree.keys()]
  .filter((path) => path.startsWith(values.only) && ROOMS.some(({ files }) => files.test(path)))
  .sort()
  .flatMap((path) => mutantsOf(tree, path));
const drawn = draw(all, Number(values.count), seeded(Number(values.seed)));
console.log(`${drawn.length} of ${all.length} possible faults, drawn with seed ${values.seed}`);

const survivors: Mutant[] = [];
let tried = 0;
const queue = [...drawn];
await Promise.all(Array.from({ length: WORKERS }, work));

const unexcused = survivors.filter(
  ({ path, from, to }) => !EXCUSED.some((one) => one.path === path && one.from === from && one.to === to),
);
const killed = drawn.length - survivors.length;
console.log(
  `${killed} of ${drawn.length} faults noticed (${((100 * killed) / drawn.length).toFixed(1)} %), ${unexcused.length} unexplained survivors`,
);
process.exitCode = killed >= 0.9 * drawn.length ? 0 : 1;

async function work(): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'facefinder-mutants-'));
  try {
    for (const part of PARTS)
      await cp(join(import.meta.dirname, '../..', part), join(scratch, part), { recursive: true });
    await symlink(join(import.meta.dirname, '../../node_modules'), join(scratch, 'node_modules'));
    await writeFile(join(scratch, 'vitest.config.ts'), CONFIG);
    for (const { files, tests } of ROOMS) {
      const path = drawn.find((mutant) => files.test(mutant.path))?.path;
      // Where sound code fails, every fault would count as noticed.
      if (path && !(await passes(scratch, path))) throw new Error(`${tests.join(', ')} fail without any fault`);
    }
    for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
      await writeFile(join(scratch, mutant.path), mutant.text);
      if (await passes(scratch, mutant.path)) {
        survivors.push(mutant);
        console.log(`survives ${mutant.path}:${mutant.line}: ${short(mutant.from)} → ${short(mutant.to)}`);
      }
      await writeFile(join(scratch, mutant.path), tree.get(mutant.path) ?? '');
      tried += 1;
      if (tried % 25 === 0) console.log(`${tried} tried, ${survivors.length} survive`);
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Whether the tests of a file's room still pass. */
async function passes(scratch: string, path: string): Promise<boolean> {
  const tests = ROOMS.find(({ files }) => files.test(path))?.tests ?? [];
  const vitest = join(scratch, 'node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', '--bail=1', ...tests], {
    cwd: scratch,
    stdio: 'ignore',
    detached: true,
  });
  const patience = setTimeout(() => end(child.pid), PATIENCE_MS);
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.once('exit', resolve);
  const code = await promise;
  clearTimeout(patience);
  end(child.pid);
  return code === 0;
}

/** Ends a run and the processes that it started. */
function end(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** `count` of them without a repetition, by Fisher and Yates. */
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
