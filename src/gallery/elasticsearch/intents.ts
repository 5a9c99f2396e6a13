import type { Intent, Life, PersonRecord } from './life.ts';

/** Pure changes of a record's intents. An intent is an enrolment that is not finished. */

/** The record with the intent; undefined when it has that intent already. */
export function withIntent(record: PersonRecord, life: Life, intent: Intent): PersonRecord | undefined {
  return hasIntent(life, intent) ? undefined : { ...record, life: { ...life, intents: [...life.intents, intent] } };
}

/** The record without the intent; undefined when the intent or the whole life is gone already. */
export function withoutIntent(record: PersonRecord, intent: Intent): PersonRecord | undefined {
  const { life } = record;
  if (!life || !hasIntent(life, intent)) return undefined;
  return { ...record, life: { ...life, intents: otherIntents(life, intent) } };
}

export function otherIntents(life: Life, intent: Intent): Intent[] {
  return life.intents.filter((other) => nameOf(other) !== nameOf(intent));
}

export function hasIntent(life: Life, intent: Intent): boolean {
  return life.intents.some((other) => nameOf(other) === nameOf(intent));
}

/** Whether the intent's vectors have become templates. */
export function isCarriedOut(life: Life | undefined, intent: Intent): boolean {
  return life?.templates.some(({ id }) => intent.templates.includes(id)) === true;
}

/**
 * The intent's name. Of two enrolments of one face, the one with the higher name makes way. Names
 * are random, so that each enrolment has the same chance.
 */
export function nameOf({ templates }: Intent): string {
  return templates[0] ?? '';
}
