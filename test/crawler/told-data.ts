import { PURPOSES, type Purpose } from '../../src/consent/consent.ts';
import { type Words, wordsFor } from '../../src/text/words.ts';
import type { Held } from './expected.ts';
import { textOf } from './judge.ts';
import type { Somebody } from './somebody.ts';
import { titleOf } from './telegram.ts';
import { claimsIn } from './texts.ts';
import type { World } from './world.ts';

/** What /mydata says about somebody in a group. */
export interface Told {
  readonly agreed: readonly Purpose[];
  readonly selfies: number;
}

/**
 * What the program says that it holds of somebody, by group. A group of which it says nothing is
 * missing.
 */
export async function toldData(world: World, person: Somebody): Promise<Map<number, Told>> {
  const { who, platform, groups, language } = person;
  world.started.add(who);
  world.ledger.awaiting.delete(who);
  const told = new Map<number, Told>();
  const rooms = platform === 'page' ? groups : [undefined];
  for (const group of rooms) {
    const coming = world.boothOf(person).says(who, { words: '/mydata', photos: [], group });
    await coming.first;
    await world.program.idle();
    const text = textOf(coming.all());
    world.tell(`   /mydata → ${text.replaceAll('\n', ' ⏎ ')}`, who);
    for (const one of groups) {
      const found = toldOf(text, one, wordsFor(language), language);
      if (found) told.set(one, found);
    }
  }
  return told;
}

function toldOf(text: string, group: number, words: Words, language: string): Told | undefined {
  const titled = (title: string) => words.mydata.title({ group: words.place.titled({ title }) });
  const [, after] = text.split(titled(titleOf(group)));
  if (after === undefined) return undefined;
  const [beforeNext = ''] = titled('\n').split('\n');
  const [section = ''] = after.split(beforeNext);
  const enrolled = claimsIn(section, language).find(({ key }) => key === 'mydata.enrolled');
  const selfies = Number(/\d+/.exec(enrolled?.told.templatesIn ?? '')?.[0] ?? 0);
  const agreed = PURPOSES.filter((one) => {
    const sentence = words.mydata.agreed({ purpose: words.mydata.purposes[one], version: 0, date: '' });
    const [begin = ''] = sentence.split('0');
    return section.includes(begin);
  });
  return { agreed, selfies };
}

/** Whether /mydata tells exactly what is held of somebody. */
export function isTold(held: Held | undefined, told: Told | undefined): boolean {
  if (!held || !told) return held === undefined && told === undefined;
  return held.shots.length === told.selfies && told.agreed.toSorted().join() === [...held.agreed].toSorted().join();
}
