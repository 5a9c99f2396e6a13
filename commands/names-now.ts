import type { PhotoCall } from '../src/chat/command.ts';
import { personName } from '../src/chat/person-name.ts';
import type { Person } from '../src/consent/who.ts';
import type { Tools } from './tools.ts';

/** A person's name in an answer. */
export interface Called {
  /** The name as the platform gives it now. */
  readonly name: string;
  /** The same name, made safe for sentences: see {@link personName}. */
  readonly called: string;
}

/**
 * Gives each person's present name on their platform, and replaces the stored name by it. When two
 * people in an answer share a name, the name of each account follows it.
 */
export function namesNow(
  { gallery, nameNow }: Tools,
  { place, scope, words, answerAfter }: PhotoCall,
  people: readonly Person[],
): (person: Person) => Called {
  const now = new Map(people.map((person) => [person.id, nameNow(place, person.id)]));
  const nameOf = (person: Person) => now.get(person.id)?.name || person.name;
  for (const person of people) {
    const name = nameOf(person);
    if (name !== person.name) answerAfter(gallery.rename(scope, { ...person, name }));
  }
  const bearers = Map.groupBy(people, (person) => alike(nameOf(person)));
  return (person) => {
    const name = nameOf(person);
    const isShared = (bearers.get(alike(name))?.length ?? 0) > 1;
    const account = isShared ? now.get(person.id)?.handle : undefined;
    return { name: name || words.find.nameless, called: personName(words, name, account) };
  };
}

/** A key that is the same for names that look alike. */
function alike(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}
