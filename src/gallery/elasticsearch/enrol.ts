import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Consent } from '../../consent/consent.ts';
import { afterEvent } from '../../consent/standing.ts';
import { Failure } from '../../failure.ts';
import type { Gallery, PackVersion } from '../gallery.ts';
import { assertAdmitted } from '../rules/agree.ts';
import { assertCompared, enrolment, outcome, trimmed } from '../rules/enrol.ts';
import type { Clashing } from './clashes.ts';
import { hasIntent, isCarriedOut, otherIntents, withIntent, withoutIntent } from './intents.ts';
import {
  type Intent,
  type Life,
  type LivingRecord,
  ofPack,
  type PersonRecord,
  subjectIn,
  type Template,
} from './life.ts';
import type { Parts } from './parts.ts';
import { rivalling } from './rivals.ts';
import type { OpenScope } from './scopes.ts';
import type { Settler } from './settle.ts';

type Options = Parameters<Gallery['enrol']>[2];

/** What the steps of one try of an enrolment need. */
interface Attempt {
  readonly scope: OpenScope;
  readonly consent: Consent;
  /** Id of the person's record. */
  readonly id: string;
  readonly templates: readonly Template[];
  readonly intent: Intent;
  /** The person's templates when the try began. */
  readonly before: readonly Template[];
  readonly now: number;
}

/**
 * How long an enrolment tries again while enrolments of the same face by other people prevail. Then
 * it fails with `unavailable`, and the queue repeats it.
 */
const PATIENCE_MS = 20_000;

/**
 * Makes {@link Gallery.enrol}, which has four steps. Before the last one nobody is enrolled:
 *
 * 1. The ids of the vectors are noted in the person's record (an intent), if the record's epoch and
 *    agreement are those of the consent.
 * 2. The vectors are written and refreshed, so that every later search compares with them.
 * 3. A search looks for other people's vectors of the same face, including vectors of unfinished
 *    enrolments. When two people enrol one face at once, at least one of the two searches finds the
 *    other's vectors. The enrolment whose intent has the lower name (a random id) prevails. The
 *    other enrolment withdraws its vectors and starts again.
 * 4. The vectors of the intent become templates in the record, unless an erasure or another
 *    enrolment removed the intent.
 *
 * After a failure before step 4, the vectors are no templates. So no search names anybody by them,
 * and a sweep removes them.
 */
export function enrolling(
  { records, ledger, faces, finds }: Parts,
  { settle }: Settler,
  clashing: Clashing,
  pack: PackVersion,
) {
  const { prevails, challenge, report, assertFewAttempts } = rivalling(records, finds);

  async function enrol(
    scope: OpenScope,
    consent: Consent,
    embeddings: readonly Float32Array[],
    options: Options,
  ): Promise<number> {
    const id = records.idOf(scope.id, consent.person);
    const self = await settle(scope, id);
    admittedLife(self, consent);
    const giveUpAt = Date.now() + PATIENCE_MS;
    while (Date.now() < giveUpAt) {
      const { holders } = await clashing(scope, self, embeddings, options.isSame);
      if (holders.length > 0) await assertFewAttempts(scope, id, holders, options.now);
      if (outcome(holders.length, options.claim) === 'taken') {
        await report(scope, consent, holders, options);
        throw new Failure('face_taken');
      }
      const held = await attempt(scope, id, consent, embeddings, options);
      if (held !== undefined) return held;
      await sleep(50 + Math.random() * 100);
    }
    throw new Failure('unavailable', { cause: new Error('others enrol the same face') });
  }

  /** One try of the four steps. Gives the number of templates; undefined: start again. */
  async function attempt(
    scope: OpenScope,
    id: string,
    consent: Consent,
    embeddings: readonly Float32Array[],
    options: Options,
  ): Promise<number | undefined> {
    const { isSame, claim, now } = options;
    const rows = embeddings.map((embedding) => ({
      embedding,
      template: { id: randomUUID(), pack: pack.id, enrolledAt: now },
      owner: id,
      notice: consent.agreement.version,
    }));
    const intent = { templates: rows.map(({ template }) => template.id), at: Date.now() };
    const self = await records.change(scope, id, (record) => withIntent(record, admittedLife(record, consent), intent));
    const before = self.life?.templates ?? [];
    const mine: Attempt = { scope, consent, id, templates: rows.map(({ template }) => template), intent, before, now };
    try {
      await assertComparedWith(faces, scope, before, options.comparedWith);
      await faces.add(scope, rows);
      const { holders, contenders } = await clashing(scope, self, embeddings, isSame);
      const becomes = outcome(holders.length, claim);
      const stays = becomes !== 'taken' && (await prevails(scope, intent, contenders));
      const held = stays ? await commit(mine, becomes === 'disputed' ? holders : []) : undefined;
      if (held === undefined) await withdraw(mine);
      else await report(scope, consent, holders, options);
      return held;
    } catch (error) {
      // If this fails too, a sweep ({@link Gallery.tidy}) removes the vectors later.
      await withdraw(mine).catch(() => undefined);
      throw error;
    }
  }

  /**
   * Does step 4. It also notes the dispute with each of `rivals`, who hold the same face. Undefined
   * when the intent was removed, or another enrolment of the person came first.
   */
  async function commit(mine: Attempt, rivals: readonly LivingRecord[]): Promise<number | undefined> {
    const { scope, id, consent, intent } = mine;
    for (const rival of rivals) {
      await challenge(scope, rival.id, { record: id, epoch: consent.epoch, side: 'challenger' });
    }
    const end = await ledger.end(scope.id);
    let replaced: readonly Template[] = [];
    const { life } = await records.change(scope, id, (record) => {
      const before = admittedLife(record, consent);
      if (!isAsBefore(before, mine)) return undefined;
      replaced = trimmed([...before.templates, ...mine.templates]).dropped;
      return { ...record, life: enrolled(pack, before, mine, rivals, end) };
    });
    if (!life || !isCarriedOut(life, intent)) return undefined;
    for (const rival of rivals) await settle(scope, rival.id);
    await settle(scope, id);
    await faces.remove(scope, replaced);
    return ofPack(life.templates, pack);
  }

  /** Removes the intent and its vectors, unless step 4 succeeded and only its answer was lost. */
  async function withdraw({ scope, id, intent, templates }: Attempt): Promise<void> {
    const { life } = await records.change(scope, id, (record) => withoutIntent(record, intent));
    if (!isCarriedOut(life, intent)) await faces.remove(scope, templates);
  }

  return enrol;
}

/**
 * The person's life. Throws `expired` when the person was erased, or agreed to another notice,
 * since the consent was given.
 */
function admittedLife({ epoch, life }: PersonRecord, consent: Consent): Life {
  if (!life) throw new Failure('expired');
  assertAdmitted({ epoch, agreed: life.agreed }, consent);
  return life;
}

/** Whether the intent is still there, and the person has got no template since the try began. */
function isAsBefore(life: Life, { intent, before }: Attempt): boolean {
  const known = before.map(({ id }) => id);
  return hasIntent(life, intent) && life.templates.every(({ id }) => known.includes(id));
}

/**
 * Does what {@link assertCompared} does, but ignores a template whose vector is lost, because no
 * face can be compared with it.
 */
async function assertComparedWith(
  faces: Parts['faces'],
  scope: OpenScope,
  templates: readonly Template[],
  known: Options['comparedWith'],
): Promise<void> {
  for (const template of templates) {
    if (known?.includes(template.id) === false && (await faces.embedding(scope, template))) {
      assertCompared([template.id], known);
    }
  }
}

/** The life with the attempt's templates. */
function enrolled(
  pack: PackVersion,
  before: Life,
  { templates, intent, now }: Attempt,
  rivals: readonly LivingRecord[],
  end: number,
): Life {
  const event = enrolment(pack, templates.length);
  const disputes = [
    ...before.rivals,
    ...rivals.map(({ id, epoch }) => ({ record: id, epoch, side: 'holder' as const })),
  ];
  return {
    ...before,
    ...afterEvent(before, event, now),
    templates: trimmed([...before.templates, ...templates]).kept,
    intents: otherIntents(before, intent),
    owed: [...before.owed, { event, subject: subjectIn(before), at: now, after: Math.max(end, before.lastSeq) }],
    rivals: disputes,
    // In step 2 the vectors were marked as searchable. In a dispute that is wrong, so the marks are
    // due to be corrected.
    marks: before.marks + (disputes.length > 0 ? 1 : 0),
  };
}
