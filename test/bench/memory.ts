import { readFileSync } from 'node:fs';
import { openFaces } from '../../src/face/pool.ts';
import { faceProcessesOf } from '../support/face-processes.ts';
import { type Bench, type Benchmark, median } from './benchmark.ts';
import { emptyPhoto, groupOf, selfieOf } from './real-photos.ts';

const PHOTOS = 5000;
/** Photos between two memory checks. */
const STEP = 50;
/** Of this many photos, one is a large photo of a group. */
const GROUP_EVERY = 100;
const SELFIE_EVERY = 10;
const EMPTY_EVERY = 25;
const TIMES_THE_SECOND_THOUSAND = 1.1;

/**
 * Whether the memory of the process that sees photos grows with their number. Linux says how large
 * it is.
 */
export const memory: Benchmark = {
  name: 'memory',
  target: `the process that sees is in the last of ${PHOTOS} photos at most ${TIMES_THE_SECOND_THOUSAND} times as large as in the second thousand`,
  async run(bench) {
    await using faces = await openFaces({ pack: bench.pack, children: 1 });
    const [pid] = faceProcessesOf(process.pid);
    if (pid === undefined) throw new Error('no process looks at photos');
    const photoAt = await mixOf(bench);
    const sizes: number[] = [];
    for (let count = 0; count < PHOTOS; count++) {
      await faces.see(photoAt(count));
      if (count % STEP === STEP - 1) sizes.push(megabytesOf(pid));
    }
    if (faceProcessesOf(process.pid)[0] !== pid) throw new Error('the process was replaced');
    const per = 1000 / STEP;
    const [early, late] = [median(sizes.slice(per, 2 * per)), median(sizes.slice(-per))];
    const detail = `${sizes[0]} MB after ${STEP} photos, ${early} in the second thousand, ${late} in the last, at most ${Math.max(...sizes)}`;
    return { measured: late / early, holds: late <= TIMES_THE_SECOND_THOUSAND * early, detail };
  },
};

/** Portraits, selfies as chats send them, photos of nobody, and groups in 12 megapixels. */
async function mixOf({ photos }: Bench): Promise<(index: number) => Uint8Array> {
  const portrait = (index: number) => photos[index % photos.length] ?? new Uint8Array();
  const [selfie, group, nobody] = await Promise.all([selfieOf(portrait(0)), groupOf(photos), emptyPhoto()]);
  return (index) => {
    if (index % GROUP_EVERY === 0) return group;
    if (index % EMPTY_EVERY === 0) return nobody;
    return index % SELFIE_EVERY === 0 ? selfie : portrait(index);
  };
}

function megabytesOf(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}
