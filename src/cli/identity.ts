import { type Person, type Place, type Platform, personNamed } from '../consent/who.ts';
import { UsageError } from './verb.ts';

const PLATFORMS: readonly string[] = ['page', 'discord', 'telegram'] satisfies Platform[];

/** A person given as `<platform>:<id>`, like `telegram:12345`. */
export function personFrom(text: string): Person {
  const { platform, id } = identity(text);
  return personNamed(platform, id);
}

/** A place given as `<platform>:<id>`, like `discord:8765` or `page:local`. */
export function placeFrom(text: string): Place {
  return identity(text);
}

function identity(text: string): { platform: Platform; id: string } {
  const colon = text.indexOf(':');
  const [platform, id] = [text.slice(0, colon), text.slice(colon + 1)];
  if (!isPlatform(platform) || id === '') {
    throw new UsageError(`"${text}" must be <platform>:<id>, with one of ${PLATFORMS.join(', ')}`);
  }
  return { platform, id };
}

function isPlatform(text: string): text is Platform {
  return PLATFORMS.includes(text);
}
