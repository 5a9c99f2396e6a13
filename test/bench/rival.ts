import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openPipeline } from '../../src/face/pipeline.ts';
import { type Benchmark, median, timed } from './benchmark.ts';

const RIVALS = join(import.meta.dirname, 'rivals');
const ROUNDS = 3;
const TIMES_FASTER = 10;

/** What the classic tutorial's stack takes for the same photos, decoding included, one thread each, turn about. */
export const rival: Benchmark = {
  name: 'rival',
  target: `at least ${TIMES_FASTER} times faster a photo than face-api's default pipeline (SSD, wasm)`,
  async run({ photos, pack }) {
    const see = await openPipeline(pack);
    const other = await startRival();
    try {
      await see(photos[0] ?? new Uint8Array());
      await other.see(photos[0] ?? new Uint8Array());
      const rounds: { ours: number; theirs: number }[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const ours: number[] = [];
        const theirs: number[] = [];
        for (const photo of photos) {
          ours.push(await timed(() => see(photo)));
          theirs.push(await other.see(photo));
        }
        rounds.push({ ours: median(ours), theirs: median(theirs) });
      }
      const measured = median(rounds.map(({ ours, theirs }) => theirs / ours));
      const ms = (pick: (round: { ours: number; theirs: number }) => number) => median(rounds.map(pick)).toFixed(1);
      return {
        measured,
        holds: measured >= TIMES_FASTER,
        detail: `${ms(({ ours }) => ours)} ms against ${ms(({ theirs }) => theirs)} ms a photo`,
      };
    } finally {
      other.stop();
    }
  },
};

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

/** Its TensorFlow.js is 300 MB that only this benchmark needs, so it is no dependency of the repository. */
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
