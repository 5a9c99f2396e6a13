import { Cause } from '../cause.ts';
import type { Config } from '../config.ts';
import type { Standing } from '../consent/consent.ts';
import { firstBreak, type LedgerEntry } from '../consent/ledger.ts';
import type { Finding } from '../finding.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { failed, look } from './look.ts';

const PACK = 'models in use';

/** What is in the gallery: every ledger whole, a vector for every template, and all of them of the models in use. */
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
  return [whole, ...(await look(PACK, async () => [await packFinding(gallery, role, outdated)]))];
}

/** Templates that the records or the ledger tell of, and that are not there. */
function lostIn(standings: readonly Standing[], entries: readonly LedgerEntry[], vectors: number): number {
  const recorded = standings.reduce((sum, { templates }) => sum + templates, 0);
  const holders = standings.filter(({ templates }) => templates > 0).length;
  return Math.max(recorded - vectors, enrolledIn(entries) - holders, 0);
}

/** People who enrolled and were not erased since. */
function enrolledIn(entries: readonly LedgerEntry[]): number {
  const enrolled = new Set<string>();
  for (const { kind, subject } of entries) {
    if (kind === 'enrolled') enrolled.add(subject);
    if (kind === 'erased') enrolled.delete(subject);
  }
  return enrolled.size;
}

/** Do bot and workers compare faces by the same models, and did people enrol with them? */
async function packFinding(gallery: Gallery, role: Config['role'], outdated: number): Promise<Finding> {
  try {
    await gallery.checkPack();
  } catch (error) {
    // Whoever listens brings the models of its own with its start; a worker has to fit the bot.
    if (role === 'worker') throw error;
    return { ...failed(PACK, error), state: 'warn' };
  }
  if (outdated === 0) return { part: PACK, state: 'ok', what: 'those of every bot and every enrolment' };
  const what = `${outdated} people enrolled with other models, and are found by nobody`;
  const todo = 'Their searches tell them to send /enroll again. Was FACE_PACK meant to change?';
  return { part: PACK, state: 'warn', what, todo };
}
