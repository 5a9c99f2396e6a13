import type { PhotoTurn } from '../src/chat/command.ts';
import { personName } from '../src/chat/person-name.ts';
import type { Person } from '../src/consent/who.ts';
import type { Tools } from './tools.ts';

/** How somebody is called in an answer. */
export interface Called {
  /** As the platform tells it now. */
  readonly name: string;
  /** The same for a sentence. */
  readonly called: string;
}

/**
 * How people are called now, by their platform; the name that was stored gives way to it. Whoever
 * shares theirs with another in this answer has the account's name behind it.
 */
export function namesNow(
  { gallery, nameNow }: Tools,
  { place, scope, words, answerAfter }: PhotoTurn,
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

/** Names that people take for one another. */
function alike(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}
