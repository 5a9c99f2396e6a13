import { existsSync } from 'node:fs';
import { witnessFile } from '../app/witness.ts';
import { Cause } from '../cause.ts';
import type { Config } from '../config.ts';
import type { Finding } from '../finding.ts';
import type { Gallery } from '../gallery/gallery.ts';
import type { Keys } from '../secrets/keys.ts';
import { agrees, type Witness, witnessOn } from '../witness/witness.ts';
import { assertMakeable } from './folder.ts';
import { failed, look } from './look.ts';
import { checkShelves } from './shelves.ts';

const IN_STATE_DIR = 'second place (STATE_DIR)';

/**
 * Checks whether the next start can begin the second place of the embedded mode. If not, this gives
 * a warning, because starts and searches work without a second place.
 */
export function checkStateDir(stateDir: string): Finding {
  try {
    assertMakeable(stateDir);
    return { part: IN_STATE_DIR, state: 'ok', what: 'not begun yet: the next start begins it' };
  } catch (error) {
    return { ...failed(IN_STATE_DIR, error), state: 'warn', todo: WITHOUT };
  }
}

/**
 * Checks the second place of the embedded mode: whether it was lost, whether the gallery's ledgers
 * agree with it, and whether people are in the gallery whom it knows as erased.
 */
export async function checkWitnessFile(
  { stateDir }: Pick<Config, 'stateDir'>,
  gallery: Gallery,
  keys: Keys,
): Promise<Finding[]> {
  const part = IN_STATE_DIR;
  return await look(part, async () => {
    const file = witnessFile(stateDir, await gallery.id());
    if (!existsSync(file)) {
      const makeable = checkStateDir(stateDir);
      return [makeable.state === 'ok' ? await missing(part, gallery, file) : makeable];
    }
    const { openSqlitePending } = await import('../queue/embedded/pending.ts');
    await using pending = await openSqlitePending({ file, rehearsal: true });
    const witness = witnessOn(pending, keys);
    const damage = (await checkShelves(part, pending, keys)).filter(({ state }) => state !== 'ok');
    const findings = [...damage, ...(await look(part, () => checkWitness(part, gallery, witness, file)))];
    const back = await gallery.eraseAgain(await witness.journal(), Date.now());
    if (back === 0) return findings;
    const what = `${back} people are here who were erased: an older copy of the gallery was put back`;
    return [
      { part, state: 'fail', what, todo: 'Start facefinder: it erases them again before anybody is found.' },
      ...findings,
    ];
  });
}

/**
 * Checks a second place: whether it was lost, and whether the gallery's ledgers agree with it.
 * @param where the second place's file or server, for the finding
 */
export async function checkWitness(
  part: string,
  gallery: Gallery,
  witness: Witness,
  where: string,
): Promise<Finding[]> {
  const [begun, since] = [await witness.begun(), await gallery.witnessedSince()];
  if (begun === undefined) return [await missing(part, gallery, where)];
  const anchors = await witness.anchors();
  let differ = 0;
  for (const [scope, anchor] of anchors) if (!agrees(anchor, await gallery.entries(scope, 0))) differ += 1;
  if (differ > 0) throw new Cause('ledger_put_back', { where: `${differ} of ${anchors.size}` });
  const erased = (await witness.journal()).length;
  const what = `knows ${anchors.size} ledgers as they are, and ${erased} erasures`;
  if (since === undefined || begun <= since) return [{ part, state: 'ok', what }];
  return [{ part, state: 'warn', what: `${what}; lost, and begun anew on ${day(begun)}`, todo: LOST }];
}

async function missing(part: string, gallery: Gallery, where: string): Promise<Finding> {
  if ((await gallery.witnessedSince()) === undefined)
    return { part, state: 'ok', what: 'not begun yet: the next start begins it' };
  return { part, state: 'warn', what: `it is gone (${where}); the next start begins it anew`, todo: LOST };
}

const WITHOUT =
  'Set STATE_DIR to a folder that this user may write. Without a second place, whoever was erased is back when an older copy ' +
  'of the gallery is put back.';

const LOST =
  'If an older copy of the gallery was put back meanwhile, people who were erased since may be in it: compare with your receipts.';

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
