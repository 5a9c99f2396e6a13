import { setImmediate as nextTurn } from 'node:timers/promises';
import { distanceAt } from '../../match/distance.ts';
import { nearestPeople } from '../rules/find.ts';
import type { Opened } from './opened.ts';

/** How close one person comes, and by which of their templates. */
export interface Near {
  readonly template: number;
  readonly person: number;
  readonly distance: number;
}

/** Multiplications between two looks at other work: about 5 ms. */
const STRIDE = 4 * 1024 * 1024;

/** Every person's nearest template to `probe`, unsorted, among those that `admits` lets in. Exact. */
export function nearestOfEach(opened: Opened, probe: Float32Array, admits: (index: number) => boolean): Near[] {
  const best = new Map<number, Near>();
  compare(opened, probe, 0, opened.ids.length, admits, best);
  return [...best.values()];
}

/** For each probe the nearest people that a search may see, nearest first. Exact; lets other work in between. */
export async function nearestOfAll(opened: Opened, probes: readonly Float32Array[]): Promise<Near[][]> {
  const admits = (index: number) => opened.searchable[index] === true;
  const faces: Near[][] = [];
  let multiplied = 0;
  for (const probe of probes) {
    const best = new Map<number, Near>();
    const step = Math.ceil(STRIDE / probe.length);
    for (let from = 0; from < opened.ids.length; from += step) {
      const to = Math.min(from + step, opened.ids.length);
      compare(opened, probe, from, to, admits, best);
      multiplied += (to - from) * probe.length;
      if (multiplied < STRIDE) continue;
      multiplied = 0;
      await nextTurn();
    }
    faces.push(nearestPeople(best.values()));
  }
  return faces;
}

function compare(
  { ids, vectors, people }: Opened,
  probe: Float32Array,
  from: number,
  to: number,
  admits: (index: number) => boolean,
  best: Map<number, Near>,
): void {
  for (let index = from; index < to; index++) {
    if (!admits(index)) continue;
    const person = people[index] as number;
    const distance = distanceAt(vectors, index * probe.length, probe);
    if (distance < (best.get(person)?.distance ?? Number.POSITIVE_INFINITY)) {
      best.set(person, { template: ids[index] as number, person, distance });
    }
  }
}
