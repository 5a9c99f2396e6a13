/**
 * Embeddings in one array, one after the other. Several {@link Slots} may share the array. Before
 * embeddings are added, `filled` is raised, which reserves the space for them after the last one.
 */
interface Vectors {
  readonly floats: Float32Array;
  /** How many slots are in use or reserved. */
  filled: number;
}

/**
 * The unsealed templates of one scope and today's pack, one in each slot. A change makes a new
 * `Slots`. It shares the vectors with the old one where that is possible, so that a change costs
 * little time. The vector of a removed template becomes zero in the old one too. So a search that
 * still uses the old `Slots` no longer compares with that template.
 */
export interface Slots {
  /** The number of slots. The i-th embedding begins at i · dims. */
  readonly used: number;
  /** The id of the template in each slot; 0 for an empty slot. */
  readonly ids: Float64Array;
  /** For each slot the number of the row of the template's person in `people`. */
  readonly people: Float64Array;
  /**
   * For each slot 1 if a search may find the template: its person agreed to the notice in force and
   * challenges nobody. Otherwise 0.
   */
  readonly searchable: Uint8Array;
  readonly vectors: Vectors;
  /** How many slots hold a template. */
  readonly templates: number;
  /** The highest id of a template that was ever in these slots. */
  readonly lastId: number;
}

export const NO_SLOTS: Slots = {
  used: 0,
  ids: new Float64Array(),
  people: new Float64Array(),
  searchable: new Uint8Array(),
  vectors: { floats: new Float32Array(), filled: 0 },
  templates: 0,
  lastId: 0,
};

/** A template's row in the database. */
export interface SlotRow {
  readonly id: number;
  readonly person: number;
  readonly isSearchable: boolean;
}

/** By which factor a new array is larger than needed, so that more templates fit without a copy. */
const SPARE = 1.5;

/**
 * The slots after a change. `rows` has all present templates of the people in `changed`. Templates
 * of a person for whom `isGone` holds are removed. `added` has the rows of new templates, each with
 * its slot, into which the caller must write the vector.
 */
export function slotsAfter(
  before: Slots,
  dims: number,
  changed: ReadonlySet<number>,
  rows: readonly SlotRow[],
  isGone: (person: number) => boolean,
): { readonly slots: Slots; readonly added: readonly (SlotRow & { readonly slot: number })[] } {
  const rowsById = new Map(rows.map((row) => [row.id, row]));
  const isRemoved = (id: number, person: number) => (changed.has(person) ? !rowsById.has(id) : isGone(person));
  for (let slot = 0; slot < before.used; slot++) {
    const [id, person] = [before.ids[slot] ?? 0, before.people[slot] ?? 0];
    if (id !== 0 && isRemoved(id, person)) before.vectors.floats.fill(0, slot * dims, (slot + 1) * dims);
  }
  const fresh = rows.filter(({ id }) => id > before.lastId);
  const base = roomFor(withoutHoles(before, dims), fresh.length, dims);
  const used = base.used + fresh.length;
  const [ids, people, searchable] = [new Float64Array(used), new Float64Array(used), new Uint8Array(used)];
  ids.set(base.ids);
  people.set(base.people);
  searchable.set(base.searchable);
  let { templates } = base;
  for (let slot = 0; slot < base.used; slot++) {
    const [id, person] = [ids[slot] ?? 0, people[slot] ?? 0];
    if (id === 0) continue;
    if (changed.has(person)) searchable[slot] = rowsById.get(id)?.isSearchable ? 1 : 0;
    if (!isRemoved(id, person)) continue;
    searchable[slot] = 0;
    ids[slot] = 0;
    people[slot] = 0;
    templates -= 1;
  }
  const added = fresh.map((row, index) => ({ ...row, slot: base.used + index }));
  for (const { slot, id, person, isSearchable } of added) {
    ids[slot] = id;
    people[slot] = person;
    searchable[slot] = isSearchable ? 1 : 0;
  }
  const lastId = Math.max(before.lastId, ...fresh.slice(-1).map(({ id }) => id));
  return {
    slots: { used, ids, people, searchable, vectors: base.vectors, templates: templates + fresh.length, lastId },
    added,
  };
}

/** Empties these slots. Only for slots that were just added and that no search uses yet. */
export function without(slots: Slots, emptied: readonly number[]): Slots {
  for (const slot of emptied) {
    slots.ids[slot] = 0;
    slots.people[slot] = 0;
    slots.searchable[slot] = 0;
  }
  return { ...slots, templates: slots.templates - emptied.length };
}

/**
 * The slots, with space for `count` more vectors reserved behind the used ones. If that space is
 * too small, or was already reserved for another `Slots`, the vectors are copied into a new array.
 */
function roomFor(slots: Slots, count: number, dims: number): Slots {
  const { vectors, used } = slots;
  const needed = used + count;
  if (vectors.filled === used && needed * dims <= vectors.floats.length) {
    vectors.filled = needed;
    return slots;
  }
  if (count === 0) return slots;
  const floats = new Float32Array(Math.ceil(needed * (used === 0 ? 1 : SPARE)) * dims);
  floats.set(vectors.floats.subarray(0, used * dims));
  return { ...slots, vectors: { floats, filled: needed } };
}

/** The slots without the empty ones, if more than half are empty; otherwise the same slots. */
function withoutHoles(slots: Slots, dims: number): Slots {
  const { used, templates, vectors } = slots;
  if (2 * templates >= used) return slots;
  const kept = [...slots.ids.keys()].filter((slot) => slots.ids[slot] !== 0);
  const floats = new Float32Array(kept.length * dims);
  for (const [index, slot] of kept.entries()) {
    floats.set(vectors.floats.subarray(slot * dims, (slot + 1) * dims), index * dims);
  }
  return {
    ...slots,
    used: kept.length,
    ids: Float64Array.from(kept, (slot) => slots.ids[slot] ?? 0),
    people: Float64Array.from(kept, (slot) => slots.people[slot] ?? 0),
    searchable: Uint8Array.from(kept, (slot) => slots.searchable[slot] ?? 0),
    vectors: { floats, filled: kept.length },
  };
}
