import { Cause } from '../cause.ts';
import type { Config } from '../config.ts';
import type { Standing } from '../consent/consent.ts';
import { firstBreak, type LedgerEntry } from '../consent/ledger.ts';
import type { Finding } from '../finding.ts';
import type { Damage, DamagedKind } from '../gallery/damage.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { failed, look } from './look.ts';

const PACK = 'models in use';
const DAMAGE = 'stored values';

/**
 * Checks what is in the gallery: whether every ledger is whole, every template has a vector, every
 * stored value can be read, and all templates are of the models in use.
 */
export async function checkGallery(part: string, gallery: Gallery, role: Config['role']): Promise<Finding[]> {
  await gallery.check();
  const scopes = await gallery.scopes();
  let outdated = 0;
  let lost = 0;
  for (const { scope } of scopes) {
    const entries = await gallery.ledger(scope);
    if (firstBreak(entries) !== undefined) throw new Cause('ledger_broken');
    const standings = (await gallery.people(scope)).map(({ standing }) => standing);
    outdated += standings.filter((standing) => standing.outdated === standing.templates).length;
    lost += lostIn(standings, entries, await gallery.vectors(scope));
  }
  if (lost > 0) throw new Cause('vectors_lost', { where: `${lost} or more` });
  const whole = {
    part,
    state: 'ok',
    what: `can be written and read; groups: ${scopes.length}, every ledger whole`,
  } as const;
  const damage = await look(DAMAGE, async () => damageFindings(await gallery.damage()));
  return [whole, ...damage, ...(await look(PACK, async () => [await packFinding(gallery, role, outdated)]))];
}

/** The finding about damage. It is a warning, because searches and erasures still work. */
function damageFindings(damage: Damage): Finding[] {
  const found = damageInWords(damage);
  if (found === '') return [{ part: DAMAGE, state: 'ok', what: 'all of them can be read' }];
  const todo =
    'Look at the disk and the memory of this machine. If a group’s key is unreadable and you have a backup, restore that ' +
    'first. facefinder doctor --fix puts right what one flipped bit damaged, and removes templates, records and groups that ' +
    'nothing can read any more: these people have to send /enroll again.';
  return [{ part: DAMAGE, state: 'warn', what: found, todo }];
}

/** The damage by kind, in words; empty when there is none. */
export function damageInWords({ mendable, unreadable }: Damage): string {
  const lost = Object.entries(unreadable).filter(([, count]) => count > 0);
  return [
    ...(mendable > 0 ? [`${mendable} with a flipped bit, which are read all the same`] : []),
    ...lost.map(([kind, count]) => `unreadable: ${count} ${KINDS[kind as DamagedKind]}`),
  ].join('; ');
}

const KINDS: Readonly<Record<DamagedKind, string>> = {
  key: 'keys of groups, in which nobody can be found and nothing can be read',
  place: 'ids and titles of groups, which are known by their hashes alone',
  settings: 'settings of groups, which are as if nobody had set them',
  person: 'records of people, whom nobody finds',
  template: 'templates, by which nobody is found',
  list: "lists of somebody's groups, which are looked up one by one",
};

/** The least number of templates that are missing, according to the records and the ledger. */
function lostIn(standings: readonly Standing[], entries: readonly LedgerEntry[], vectors: number): number {
  const recorded = standings.reduce((sum, { templates }) => sum + templates, 0);
  const holders = standings.filter(({ templates }) => templates > 0).length;
  return Math.max(recorded - vectors, enrolledIn(entries) - holders, 0);
}

/** How many people enrolled and were not erased since, according to the ledger. */
function enrolledIn(entries: readonly LedgerEntry[]): number {
  const known = new Set<string>();
  const enrolled = new Set<string>();
  let unknown = 0;
  for (const { kind, subject } of entries) {
    if (kind === 'enrolled') enrolled.add(subject);
    if (kind === 'erased') enrolled.delete(subject);
    // When an unreadable record is removed, its entry has a random subject. So the erasure of an
    // unknown subject is the erasure of some enrolled person.
    if (kind === 'erased' && !known.has(subject)) unknown += 1;
    known.add(subject);
  }
  return enrolled.size - unknown;
}

/** Checks that bot and workers use the same models, and that everybody enrolled with these. */
async function packFinding(gallery: Gallery, role: Config['role'], outdated: number): Promise<Finding> {
  try {
    await gallery.checkPack();
  } catch (error) {
    // A start of a listener makes its own models the ones in use, so this mends itself. A worker
    // cannot do that.
    if (role === 'worker') throw error;
    return { ...failed(PACK, error), state: 'warn' };
  }
  if (outdated === 0) return { part: PACK, state: 'ok', what: 'those of every bot and every enrolment' };
  const what = `${outdated} people enrolled with other models, and are found by nobody`;
  const todo = 'Their searches tell them to send /enroll again. Was FACE_PACK meant to change?';
  return { part: PACK, state: 'warn', what, todo };
}
