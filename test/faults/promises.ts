import { keysOf } from '../../src/app/keys.ts';
import { packInUse } from '../../src/app/pack.ts';
import { firstBreak } from '../../src/consent/ledger.ts';
import type { Person, Place, ScopeId } from '../../src/consent/who.ts';
import { checkStores } from '../../src/doctor/stores.ts';
import { ALICE, BOB, CLUB, type openStage, TEAM } from '../chat/stage.ts';

type Stage = Awaited<ReturnType<typeof openStage>>;

/** The largest distance of two photos of one face. */
const SAME_FACE = 0.5;

/** The photos of both people. */
const EVERYBODY = 'anna,ben';

/** A person in a group, in words. */
export const memberOf = (name: string, { title }: Place): string => `${name} in ${title}`;

/**
 * Some promises hold at any moment, whatever failed. Gives those that are broken, in words. `left`:
 * people who were told of their erasure, by {@link memberOf}.
 */
export async function broken(stage: Stage, left: ReadonlySet<string>): Promise<string[]> {
  const { gallery } = stage.flow;
  const wrong: string[] = [];
  for (const place of [CLUB, TEAM]) {
    const scope = await gallery.scopeOf(place);
    if (!scope) continue;
    if (firstBreak(await gallery.ledger(scope)) !== undefined) wrong.push(`the ledger of ${place.title} is broken`);
    for (const { person, standing } of await gallery.people(scope)) {
      const templates = (await gallery.dossier(scope, person))?.templates ?? [];
      const isWhole = templates.length === standing.templates && (templates.length === 0 || standing.agreed.enrol);
      if (!isWhole) wrong.push(`${memberOf(person.name, place)} is enrolled in part`);
    }
    const found = await foundBy(stage, scope, place);
    for (const name of found.map((one) => memberOf(one, place))) if (left.has(name)) wrong.push(`${name} is found`);
  }
  return wrong;
}

/**
 * What is wrong at the end of a life. `templates`: how many templates each person must have in the
 * two groups.
 */
export async function brokenAtTheEnd(
  stage: Stage,
  templates: ReadonlyMap<Person, readonly number[]>,
): Promise<string[]> {
  const { config, parts } = stage;
  const cut = await parts.stores.gallery.catchUp();
  const wrong = cut.length > 0 ? [`${cut.length} ledgers are not what the second place knows`] : [];
  for (const [person, counts] of templates) {
    const held = [await templatesOf(stage, person, CLUB), await templatesOf(stage, person, TEAM)];
    if (held.join() !== counts.join()) wrong.push(`of ${person.name} ${held.join(' and ')} templates are held`);
  }
  const findings = await checkStores(config, keysOf(config), await packInUse(config));
  const bad = findings.filter(({ state }) => state !== 'ok');
  return [...wrong, ...bad.map(({ part, what }) => `doctor says of ${part}: ${what}`)];
}

/** How many templates of somebody are held in a group. */
export async function templatesOf({ flow }: Stage, who: Person, place: Place): Promise<number> {
  const scope = await flow.gallery.scopeOf(place);
  const dossier = scope && (await flow.gallery.dossier(scope, who));
  return dossier?.templates.length ?? 0;
}

/** Whether anything of somebody is held in a group. */
export async function isHeld({ flow }: Stage, who: Person, place: Place): Promise<boolean> {
  const scope = await flow.gallery.scopeOf(place);
  return scope !== undefined && (await flow.gallery.remaining(scope, who)) > 0;
}

/** The people whom Bob's answer names; undefined without a result. */
export async function named(stage: Stage, photo: string, place: Place): Promise<readonly string[] | undefined> {
  const replies = await stage.say(BOB, 'find', [photo], { place, deadline: stage.tomorrow() });
  const results = replies.flatMap((reply) => (reply.kind === 'result' ? [reply] : []));
  if (results.length === 0) return undefined;
  return results.flatMap(({ faces }) => faces.flatMap(({ matches }) => matches.map(({ name }) => name)));
}

/**
 * The people whom a search of the gallery finds. While an erasure is unfinished, the gallery may
 * still find people whom answers hide. Then this gives the people whom Bob's answer names, and
 * nobody in a group without Bob.
 */
async function foundBy(stage: Stage, scope: ScopeId, place: Place): Promise<readonly string[]> {
  const { flow, embeddings } = stage;
  if ((await flow.eraser.unfinished()).count > 0)
    return place === CLUB ? ((await named(stage, EVERYBODY, place)) ?? []) : [];
  const { faces } = await flow.gallery.search(scope, [...embeddings.values()]);
  const near = faces.flat().filter(({ distance }) => distance < SAME_FACE);
  return near.map(({ person }) => person.name);
}

/** Gives both people a face. The embeddings are orthogonal, so nobody is taken for the other. */
export function dealFaces({ parts, embeddings }: Stage): void {
  const { dims } = parts.recognition;
  for (const [nth, name] of EVERYBODY.split(',').entries())
    embeddings.set(name, new Float32Array(dims).fill(1, nth, nth + 1));
}

/** How many templates both people have at the end of a life, in each of the two groups. */
export const IN_THE_END: ReadonlyMap<Person, readonly number[]> = new Map([
  [ALICE, [1, 0]],
  [BOB, [0, 0]],
]);
