import { UNREADABLE } from '../../consent/ledger.ts';
import type { ScopeId } from '../../consent/who.ts';
import { conditionOf } from '../../secrets/righted.ts';
import { seal } from '../../secrets/seal.ts';
import { type Damage, type DamagedKind, newTally, type Tally } from '../damage.ts';
import type { Gallery } from '../gallery.ts';
import { membershipsContext, placeContext, scopeContext, settingsContext } from '../rules/identity.ts';
import { type Found, having } from './documents.ts';
import type { FaceRow } from './faces.ts';
import type { LivingRecord, Template } from './life.ts';
import type { Membership } from './memberships.ts';
import type { Parts } from './parts.ts';
import { type RecordDoc, recordContext } from './record-docs.ts';
import type { ScopeDoc } from './scope-keys.ts';
import type { OpenScope } from './scopes.ts';
import type { Settler } from './settle.ts';
import { unknownSubject, uproot } from './uproot.ts';

/**
 * How far the length of a stored vector may be from 1. The length is not exactly 1, because a
 * rotated vector is rounded to float32.
 */
const LENGTH_TOLERANCE = 1e-3;

interface Sealed {
  readonly sealed?: string;
}

/** The state of one look at the whole store. */
interface Look {
  readonly parts: Parts;
  readonly settler: Settler;
  readonly tally: Tally;
  /** The present time, milliseconds since 1970. Undefined when the look repairs nothing. */
  readonly now: number | undefined;
  /** People with a readable record, by the names of their lists of groups. */
  readonly people: Map<string, readonly Listed[]>;
  /** Scopes that this look has removed. */
  readonly gone: Set<ScopeId>;
}

interface Listed {
  readonly scope: ScopeId;
  readonly record: LivingRecord;
}

/**
 * Makes `damage`, which reads every stored value, and `mend`, which also repairs documents. `mend`
 * leaves out a document that another process changes at the same time.
 */
export function mender(parts: Parts, settler: Settler): Pick<Gallery, 'damage' | 'mend'> {
  async function survey(now?: number): Promise<Damage> {
    const look: Look = { parts, settler, tally: newTally(), now, people: new Map(), gone: new Set() };
    for await (const doc of parts.store.scan<{ readonly key: string }>(parts.names.scopes, { match_all: {} })) {
      const id = doc.id as ScopeId;
      const key = await read(look, 'key', parts.keys.wrap, through(parts.names.scopes, doc), ['key', scopeContext(id)]);
      if (!key && now !== undefined) await removeKeyless(look, id, now);
      if (!key) continue;
      await lookAtSettings(look, { id, key });
      await lookAtScope(look, { id, key });
    }
    await lookAtLists(look);
    return look.tally.damage();
  }
  return { damage: () => survey(), mend: survey };
}

/**
 * The document with the alias `index` as its index. A search names the index behind the alias, but
 * a write must name the alias.
 */
const through = <T>(index: string, doc: Found<T>): Found<T> => ({ ...doc, index });

/**
 * The content of a sealed field; undefined when it is unreadable. It is counted. When the look
 * repairs, a value with a flipped bit is sealed and written again.
 */
async function read<T extends object>(
  { parts, tally, now }: Look,
  kind: DamagedKind,
  key: Uint8Array,
  doc: Found<T>,
  [field, context]: readonly [keyof T & string, string],
): Promise<Buffer | undefined> {
  const found = conditionOf(key, String(doc.source[field]), context);
  tally.count(kind, found);
  if (now !== undefined && found && !found.isWhole) {
    const sealed = Buffer.from(seal(key, found.plain, context)).toString('base64url');
    const source = { ...doc.source, [field]: sealed };
    await parts.store.write([{ kind: 'index', at: doc, source, since: doc.version }]);
  }
  return found?.plain;
}

async function lookAtScope(look: Look, scope: OpenScope): Promise<void> {
  const { parts, settler, now, people } = look;
  const { store, names, records, memberships } = parts;
  const { id, key } = scope;
  for (const doc of await store.all<Required<Sealed>>(names.places, having({ scope: id }))) {
    await read(look, 'place', key, through(names.places, doc), ['sealed', placeContext(id, doc.id)]);
  }
  for (const doc of await store.all<RecordDoc>(names.people, having({ scope: id }))) {
    if (doc.source.sealed === undefined) continue;
    const record = through(names.people, doc);
    const plain = await read(look, 'person', key, record, ['sealed', recordContext(id, doc.id, doc.source)]);
    if (!plain && now !== undefined) await remove(parts, id, record, now);
  }
  const rows = new Map<string, Row>();
  for await (const row of store.scan<Row>(names.everyFaces, having({ scope: id }), { vectors: true })) {
    rows.set(row.id, row.source);
  }
  const living = await records.living(scope);
  const hidden = await settler.disputed(scope, living);
  for (const record of living) {
    const list = memberships.idOf(record.life.person);
    people.set(list, [...(people.get(list) ?? []), { scope: id, record }]);
    await lookAtVectors(look, scope, record, rows, hidden.has(record.id));
  }
}

/**
 * Removes a scope whose key is unreadable, with all its documents. The gallery's other values open,
 * so the master key is right, and nothing can read this scope any more. Its ledger stays.
 */
async function removeKeyless({ parts, gone }: Look, id: ScopeId, now: number): Promise<void> {
  const { store, names, scopes } = parts;
  for (const doc of await store.all<RecordDoc>(names.people, having({ scope: id }))) {
    if (doc.source.sealed !== undefined) await remove(parts, id, through(names.people, doc), now);
  }
  await scopes.remove(id);
  gone.add(id);
}

/**
 * Looks at a scope's settings. It reads the scope's document anew, because the look may just have
 * written the document with a repaired key. A look that repairs removes unreadable settings.
 */
async function lookAtSettings(look: Look, { id, key }: OpenScope): Promise<void> {
  const { store, names } = look.parts;
  const [doc] = await store.get<ScopeDoc>([{ index: names.scopes, id }]);
  if (doc?.source.settings === undefined) return;
  const isReadable = await read(look, 'settings', key, doc, ['settings', settingsContext(id)]);
  if (isReadable || look.now === undefined) return;
  const { settings: _, ...source } = doc.source;
  await store.write([{ kind: 'index', at: doc, source, since: doc.version }]);
}

async function lookAtVectors(
  { parts, tally, now }: Look,
  scope: OpenScope,
  { id, life }: LivingRecord,
  rows: ReadonlyMap<string, Row>,
  isHidden: boolean,
): Promise<void> {
  const gone = life.templates.filter((template) => !isVectorOf(id, rows.get(template.id)));
  for (const _ of gone) tally.count('template', undefined);
  const notice = isHidden ? null : (life.agreed.enrol?.version ?? null);
  const there = life.templates.filter((template) => !gone.includes(template));
  // While `marks` and `marked` differ, the rows are due to be marked again. So a wrong mark is no
  // damage.
  const isSettled = life.marks === life.marked;
  const wrong = isSettled ? there.filter((template) => rows.get(template.id)?.notice !== notice) : [];
  for (const _ of wrong) tally.mark();
  if (now === undefined) return;
  if (gone.length > 0) await drop(parts, scope, id, gone);
  if (wrong.length > 0) await parts.faces.mark(scope, wrong, notice);
}

async function lookAtLists(look: Look): Promise<void> {
  const { parts, tally, now, people, gone } = look;
  const { store, names, keys, memberships } = parts;
  const isMending = now !== undefined;
  const listed = new Set<string>();
  for await (const doc of store.scan<Required<Sealed>>(names.memberships, { match_all: {} })) {
    listed.add(doc.id);
    const plain = await read(look, 'list', keys.memberships, through(names.memberships, doc), [
      'sealed',
      membershipsContext(doc.id),
    ]);
    for (const life of plain && gone.size > 0 ? (JSON.parse(plain.toString()) as Membership[]) : []) {
      if (gone.has(life.scope)) await memberships.remove(doc.id, life);
    }
    if (plain || !isMending) continue;
    await store.write([{ kind: 'delete', at: doc, since: doc.version }]);
    await list(parts, people.get(doc.id) ?? []);
  }
  for (const [id, lives] of people) {
    if (listed.has(id)) continue;
    tally.mark();
    if (isMending) await list(parts, lives);
  }
}

async function list({ memberships }: Parts, lives: readonly Listed[]): Promise<void> {
  for (const { scope, record } of lives) await memberships.add(scope, [record]);
}

/** Removes an unreadable record, and what belongs to its person. Nobody can tell whose it was. */
async function remove(parts: Parts, scope: ScopeId, doc: Found<RecordDoc>, now: number): Promise<void> {
  const subject = unknownSubject(doc.id);
  await uproot(parts, scope, doc, { epoch: doc.source.epoch + 1, event: UNREADABLE, subject, at: now });
}

async function drop({ records, faces }: Parts, scope: OpenScope, id: string, gone: readonly Template[]): Promise<void> {
  const isGone = (template: Template) => gone.some((one) => one.id === template.id);
  await records.change(scope, id, (record) => {
    const { life } = record;
    if (!life?.templates.some(isGone)) return undefined;
    return { ...record, life: { ...life, templates: life.templates.filter((template) => !isGone(template)) } };
  });
  await faces.remove(scope, gone);
}

type Row = FaceRow & { readonly vector: readonly number[] };

/**
 * Whether a search can find the owner by this row: it exists, is the owner's, and its vector has
 * length 1.
 */
function isVectorOf(owner: string, row: Row | undefined): boolean {
  if (row?.owner !== owner) return false;
  const length = Math.hypot(...row.vector);
  return Math.abs(length - 1) <= LENGTH_TOLERANCE;
}
