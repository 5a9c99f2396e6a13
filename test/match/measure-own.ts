import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { mayBeOn, ownAmong, ownOn } from '../../commands/self.ts';
import { DEFAULT_PACK, loadPack } from '../../models/pack.ts';
import { PHOTOS_A_DAY } from '../../src/chat/series/daily-photos.ts';
import { MOST_SURE } from '../../src/chat/series/head.ts';
import { readConfig } from '../../src/config.ts';
import { type Album, type Photo, readAlbum } from '../../src/evaluate/album.ts';
import { readErrata } from '../../src/evaluate/errata.ts';
import { seeded } from '../../src/evaluate/seeded.ts';
import { nearestCentre, seenAtAll } from '../../src/evaluate/subjects.ts';
import type { Face, Seen } from '../../src/face/face.ts';
import { openFaces } from '../../src/face/pool.ts';
import { matcher } from '../../src/match/matcher.ts';

/**
 * `npm run measure:own <folder of person-folders> [-- --photos 2000 --askers 100 --selfies 3]`:
 * makes an album of photos of the askers and of other people. Says how many of their own photos the
 * askers find by /me, and how many askers are shown photos of somebody else. It does so for the
 * page, which sends ten photos at a time and then some once more, and for a chat, where photos come
 * one by one and uncertain ones are looked at once more. It prints the photos of somebody else.
 * Look at them: the asker may be in the background, of which a data set's labels say nothing.
 * `--errata` is a file of wrong labels, as of `facefinder evaluate`.
 */
const { values, positionals } = parseArgs({
  options: {
    photos: { type: 'string', default: '2000' },
    askers: { type: 'string', default: '100' },
    selfies: { type: 'string', default: '3' },
    errata: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
  allowPositionals: true,
});
const [size, askers, selfies] = [Number(values.photos), Number(values.askers), Number(values.selfies)];

/**
 * How many photos the page sends in one message, and how many of the surest ones it sends again
 * with photos that may show the asker.
 */
const [PART, SURE] = [10, 3];
/** The most photos of an asker in the album: hardly anybody is in most photos of an evening. */
const MOST_OWN = 20;

const { modelDir, children } = readConfig(process.env);
const pack = await loadPack(DEFAULT_PACK, { modelDir, onProgress: console.error });
const { verify } = pack.manifest.thresholds;
const judging = matcher(pack.manifest.impostors, { verification: verify });
const album = await readAlbum(positionals[0] ?? '');
const same = values.errata ? readErrata(await readFile(values.errata, 'utf8'), album) : new Map();
await using faces = await openFaces({ pack, children });
const random = seeded(Number(values.seed));

const { chosen, all } = draw(album);
console.error(`${all.length} photos, ${chosen.length} askers`);
const seen = await seeAll(all);

const ways = [
  { name: 'the page', verdictsOn: onPage, told: newTold() },
  { name: 'a chat', verdictsOn: oneByOne, told: newTold() },
];
let asked = 0;
for (const { person, first } of chosen) {
  const templates = (await seeAll(first)).flatMap((one) => (one && nearestCentre(one)?.embedding) ?? []);
  if (templates.length === 0) continue;
  asked++;
  for (const { name, verdictsOn, told } of ways) {
    const wrong = note(told, person, verdictsOn(templates));
    if (wrong.length > 0) console.log(`${name} shows ${album.people[person]} ${wrong.join(', ')}`);
  }
}
const percent = (part: number, of: number) => `${((part / of) * 100).toFixed(2)} %`;
console.log(`${all.length} photos, ${selfies} selfies, ${asked} askers`);
for (const { name, told } of ways) {
  console.log(
    `${name}: of ${told.own} own photos ${percent(told.matched, told.own)} found, ` +
      `${percent(told.matched + told.possible, told.own)} with possible ones; ${told.askersShownOthers} askers ` +
      `(${percent(told.askersShownOthers, asked)}) shown anybody else, ${told.wrong} photos; possible ones of others ` +
      `${told.wrongPossible}; ${percent(told.again, asked * all.length)} of the photos looked at twice`,
  );
}

function newTold() {
  return { own: 0, matched: 0, possible: 0, wrong: 0, wrongPossible: 0, askersShownOthers: 0, again: 0 };
}

/** Counts what one asker is told. Gives the photos of others that the asker is shown. */
function note(told: ReturnType<typeof newTold>, person: number, { verdicts, again }: Told): string[] {
  const wrong: string[] = [];
  told.again += again;
  for (const [index, photo] of all.entries()) {
    const verdict = verdicts[index];
    const isOwn = photo.person === person;
    if (isOwn) told.own++;
    if (!verdict || (!isOwn && same.get(person)?.has(photo.person))) continue;
    if (isOwn) told[verdict === 'match' ? 'matched' : 'possible']++;
    else if (verdict === 'match') wrong.push(photo.name);
    else told.wrongPossible++;
  }
  told.wrong += wrong.length;
  if (wrong.length > 0) told.askersShownOthers++;
  return wrong;
}

/** What an asker is told of each photo, and how many photos were sent twice. */
interface Told {
  readonly verdicts: readonly ('match' | 'possible' | undefined)[];
  readonly again: number;
}

interface Asker {
  readonly person: number;
  /** The selfies of an asker. They are not in the album. */
  readonly first: readonly Photo[];
}

/** The askers, and a shuffled album of their own and others' photos. */
function draw({ photos }: Album): { readonly chosen: readonly Asker[]; readonly all: readonly Photo[] } {
  const people = shuffled([...Map.groupBy(photos, ({ person }) => person)]);
  const able = people.filter(([, of]) => of.length > selfies).slice(0, askers);
  const chosen = able.map(([person, of]) => ({ person, first: of.slice(0, selfies) }));
  const own = able.flatMap(([, of]) => of.slice(selfies, selfies + MOST_OWN));
  const asking = new Set(chosen.map(({ person }) => person));
  const others = people.filter(([person]) => !asking.has(person)).flatMap(([, of]) => shuffled(of).slice(0, 3));
  return { chosen, all: shuffled([...own, ...others.slice(0, Math.max(0, size - own.length))]).slice(0, size) };
}

function shuffled<T>(values: readonly T[]): T[] {
  const drawn = values.map((value) => ({ value, at: random() }));
  return drawn.toSorted((a, b) => a.at - b.at).map(({ value }) => value);
}

async function seeAll(photos: readonly Photo[]): Promise<(Seen | undefined)[]> {
  const results: (Seen | undefined)[] = new Array(photos.length);
  const queue = photos.entries();
  const look = async () => {
    for (const [index, { file }] of queue) results[index] = await seenAtAll(await readFile(file), faces);
  };
  await Promise.all(Array.from({ length: children + 1 }, look));
  return results;
}

function facesOn(index: number): { readonly faces: readonly Face[] } {
  return { faces: seen[index]?.faces ?? [] };
}

/**
 * Looks for an asker as the page does: in ten photos at a time, and then once more in those that
 * may show the asker.
 */
function onPage(templates: readonly Float32Array[]): Told {
  const told = new Map<number, ReturnType<typeof ownOn>[number]>();
  const ask = (part: readonly number[], looks: 'first' | 'all') =>
    ownOn(judging, templates, part.map(facesOn), { parts: seen.length / part.length, looks });
  for (const part of parts([...seen.keys()], PART)) {
    for (const [index, own] of ask(part, 'first').entries()) told.set(part[index] ?? 0, own);
  }
  const matches = [...told].filter(([, own]) => own?.match.verdict === 'match');
  const sure = matches
    .toSorted(([, a], [, b]) => (a?.match.distance ?? 0) - (b?.match.distance ?? 0))
    .slice(0, SURE)
    .map(([index]) => index);
  const left = [...told.keys()].filter(
    (index) => told.get(index)?.match.verdict !== 'match' && mayBeOn(judging, templates, facesOn(index)),
  );
  let again = 0;
  for (const part of parts(left, PART - sure.length)) {
    again += sure.length + part.length;
    const own = ask([...sure, ...part], 'all').slice(sure.length);
    for (const [index, one] of own.entries()) told.set(part[index] ?? 0, one);
  }
  return { verdicts: [...seen.keys()].map((index) => told.get(index)?.match.verdict), again };
}

/**
 * Looks for an asker as a series in a chat does: in each photo by itself, as one of the most photos
 * of a day, and then in uncertain ones together with the first in which the asker was found.
 */
function oneByOne(templates: readonly Float32Array[]): Told {
  const own = (index: number, sure?: readonly number[]) =>
    ownAmong(judging, templates, facesOn(index), { all: PHOTOS_A_DAY, sure: sure?.map(facesOn) })?.match.verdict;
  const first = [...seen.keys()].map((index) => own(index));
  const sure = [...seen.keys()].filter((index) => first[index] === 'match').slice(0, MOST_SURE);
  let again = 0;
  const verdicts = first.map((verdict, index) => {
    if (verdict === 'match' || !mayBeOn(judging, templates, facesOn(index))) return verdict;
    again++;
    const second = own(index, sure);
    return second === 'match' ? second : (verdict ?? second);
  });
  return { verdicts, again: again + Math.ceil(again / (PART - MOST_SURE)) * sure.length };
}

function parts<T>(values: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, part) =>
    values.slice(part * size, (part + 1) * size),
  );
}
