import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Pack } from '../../models/pack.ts';
import { openPipeline } from '../../src/face/pipeline.ts';
import { type Bench, type Benchmark, median, timed } from './benchmark.ts';

const RIVALS = join(import.meta.dirname, 'rivals');
const ROUNDS = 3;

/**
 * How many times as long as facefinder the classic tutorial's stack (face-api's default pipeline)
 * takes for the same photos, decoding included. The two have one thread each, and take turns.
 */
export const rival = against('rival', ({ pack }) => pack, 5.5);
/** The same, with the fast pack. */
export const rivalFast = against('rival-fast', ({ fastPack }) => fastPack, 12);

function against(name: string, packOf: (bench: Bench) => Pack, timesFaster: number): Benchmark {
  return {
    name,
    target: `at least ${timesFaster} times faster a photo than face-api's default pipeline (SSD, wasm)`,
    async run(bench) {
      const { see } = await openPipeline(packOf(bench));
      const other = await startRival();
      try {
        const rounds = await raced(bench.photos, see, other.see);
        const measured = median(rounds.map(({ ours, theirs }) => theirs / ours));
        const ms = (pick: (round: Round) => number) => median(rounds.map(pick)).toFixed(1);
        return {
          measured,
          holds: measured >= timesFaster,
          detail: `${packOf(bench).id}: ${ms(({ ours }) => ours)} ms against ${ms(({ theirs }) => theirs)} ms a photo`,
        };
      } finally {
        other.stop();
      }
    },
  };
}

/** Milliseconds a photo. */
interface Round {
  readonly ours: number;
  readonly theirs: number;
}

async function raced(
  photos: readonly Uint8Array[],
  see: (photo: Uint8Array) => Promise<unknown>,
  seeOther: (photo: Uint8Array) => Promise<number>,
): Promise<Round[]> {
  const [first = new Uint8Array()] = photos;
  await see(first);
  await seeOther(first);
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const ours: number[] = [];
    const theirs: number[] = [];
    for (const photo of photos) {
      ours.push(await timed(() => see(photo)));
      theirs.push(await seeOther(photo));
    }
    rounds.push({ ours: median(ours), theirs: median(theirs) });
  }
  return rounds;
}

async function startRival(): Promise<{ see(photo: Uint8Array): Promise<number>; stop(): void }> {
  await install();
  const child = fork(join(RIVALS, 'face-api-process.ts'), {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await answer(child);
  return {
    async see(photo) {
      child.send(photo);
      return ((await answer(child)) as { ms: number }).ms;
    },
    stop: () => child.kill(),
  };
}

/**
 * Installs the rival if it is missing. It is no dependency of the repository, because TensorFlow.js
 * has 300 MB and only this benchmark needs it.
 */
async function install(): Promise<void> {
  if (existsSync(join(RIVALS, 'node_modules'))) return;
  await promisify(execFile)('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: RIVALS });
}

async function answer(child: ChildProcess): Promise<unknown> {
  const gone = new AbortController();
  const end = once(child, 'exit', { signal: gone.signal }).then(([code]) => {
    throw new Error(`the rival ended (${code})`);
  });
  try {
    const [message] = await Promise.race([once(child, 'message', { signal: gone.signal }), end]);
    return message;
  } finally {
    gone.abort();
    end.catch(() => {});
  }
}
