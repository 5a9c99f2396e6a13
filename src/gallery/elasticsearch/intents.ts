import type { Intent, Life, PersonRecord } from './life.ts';

/** Pure changes of what a record says of enrolments under way. */

/** The record with the intent noted; undefined when it is noted already. */
export function withIntent(record: PersonRecord, life: Life, intent: Intent): PersonRecord | undefined {
  return hasIntent(life, intent) ? undefined : { ...record, life: { ...life, intents: [...life.intents, intent] } };
}

/** The record without the intent; undefined when it was removed already, or the whole life was. */
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

/** Whether the intent was carried out: its vectors are templates. */
export function isCarriedOut(life: Life | undefined, intent: Intent): boolean {
  return life?.templates.some(({ id }) => intent.templates.includes(id)) === true;
}

/** Random, so that neither of two enrolments of one face is always the one that gives way. */
export function nameOf({ templates }: Intent): string {
  return templates[0] ?? '';
}
