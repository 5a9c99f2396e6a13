import { PLATFORMS } from '../bots/platforms.ts';
import { type Person, type Place, type Platform, personNamed } from '../consent/who.ts';
import { UsageError } from './verb.ts';

/** The forms that `--person` may have, for usage texts. */
export const PERSONS = list(PLATFORMS.map(({ id, ids }) => `${id}:${ids.person}`));
/** The forms that `--scope` may have, for usage texts. */
export const PLACES = list(PLATFORMS.map(({ id, ids }) => `${id}:${ids.place}`));

/** A person given as `<platform>:<id>`. */
export function personFrom(text: string): Person {
  const { platform, id } = identity(text);
  return personNamed(platform, id);
}

/** A place given as `<platform>:<id>`. */
export function placeFrom(text: string): Place {
  return identity(text);
}

function identity(text: string): { platform: Platform; id: string } {
  const colon = text.indexOf(':');
  const [platform, id] = [text.slice(0, colon), text.slice(colon + 1)];
  const known = PLATFORMS.map((one) => one.id);
  if (!known.includes(platform) || id === '') {
    throw new UsageError(`"${text}" must be <platform>:<id>, with one of ${known.join(', ')}`);
  }
  return { platform, id };
}

function list(names: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'disjunction' }).format(names);
}
