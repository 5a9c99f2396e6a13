import { setImmediate as nextTurn } from 'node:timers/promises';
import { distanceAt } from '../../match/distance.ts';
import { type OwnPairs, ownPairs } from '../../match/own-pairs.ts';
import { nearestPeople } from '../rules/find.ts';
import type { Slots } from './slots.ts';

/**
 * A person's nearest template, by its id, and its distance. `person` is the number of the person's
 * row in `people`.
 */
export interface Near {
  readonly template: number;
  readonly person: number;
  readonly distance: number;
}

/** After this many multiplications, which take about 5 ms, other work gets a turn. */
const STRIDE = 4 * 1024 * 1024;

/**
 * For each person the template that is nearest to `probe`, unsorted. It looks only at the slots
 * that `admits` accepts. The distances are exact.
 */
export function nearestOfEach(slots: Slots, probe: Float32Array, admits: (index: number) => boolean): Near[] {
  const best = new Map<number, Near>();
  compare(slots, probe, 0, slots.used, admits, best);
  return [...best.values()];
}

/**
 * For each probe the nearest searchable people, nearest first. The distances are exact. Between two
 * strides ({@link STRIDE}) other work gets a turn.
 */
export async function nearestOfAll(slots: Slots, probes: readonly Float32Array[]): Promise<Near[][]> {
  const admits = (slot: number) => slots.searchable[slot] === 1;
  const faces: Near[][] = [];
  let multiplied = 0;
  for (const probe of probes) {
    const best = new Map<number, Near>();
    const step = Math.ceil(STRIDE / probe.length);
    for (let from = 0; from < slots.used; from += step) {
      const to = Math.min(from + step, slots.used);
      compare(slots, probe, from, to, admits, best);
      multiplied += (to - from) * probe.length;
      if (multiplied < STRIDE) continue;
      multiplied = 0;
      await nextTurn();
    }
    faces.push(nearestPeople(best.values()));
  }
  return faces;
}

/**
 * How near the searchable people are to each other. Each person is compared by one template: their
 * oldest of those whose ids are in `counted`.
 */
export function ownPairsOf(slots: Slots, dims: number, counted: ReadonlySet<number>): OwnPairs | undefined {
  const { ids, people, searchable, vectors, used } = slots;
  const first = new Map<number, Float32Array>();
  for (let slot = 0; slot < used; slot++) {
    const person = people[slot] as number;
    if (!counted.has(ids[slot] as number) || searchable[slot] === 0 || first.has(person)) continue;
    first.set(person, vectors.floats.subarray(slot * dims, (slot + 1) * dims));
  }
  return ownPairs([...first.values()]);
}

function compare(
  { ids, vectors, people }: Slots,
  probe: Float32Array,
  from: number,
  to: number,
  admits: (index: number) => boolean,
  best: Map<number, Near>,
): void {
  for (let index = from; index < to; index++) {
    if (ids[index] === 0 || !admits(index)) continue;
    const person = people[index] as number;
    const distance = distanceAt(vectors.floats, index * probe.length, probe);
    if (distance < (best.get(person)?.distance ?? Number.POSITIVE_INFINITY)) {
      best.set(person, { template: ids[index] as number, person, distance });
    }
  }
}
