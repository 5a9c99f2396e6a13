import type { Reply, ResultFace } from '../../src/chat/reply.ts';
import type { Person } from '../../src/consent/who.ts';
import type { openStage } from '../chat/stage.ts';
import { bestCosine, dot, type Known, meanOf, probeAt, type Told } from './guess.ts';

type Stage = Awaited<ReturnType<typeof openStage>>;

/** Somebody who is enrolled, and what the attackers know of them. */
export interface Victim {
  readonly person: Person;
  /** Their stored template. */
  readonly template: Float32Array;
  readonly known: Known;
}

/** How an attacker asks: one probe a photo, or many in a collage. */
export type Way = 'single' | 'collage';

const DAY_MS = 86_400_000;
const MONTH_DAYS = 30;
/**
 * The days between two asks: half of the five days in which the budget refills for one more
 * distance. Asking more often gains nothing.
 */
const STEP_DAYS = 2.5;
const COLLAGE_FACES = 64;
/**
 * When there are more asks than this, a limit of searches may have stopped an ask. Then the attack
 * would prove nothing about the budget.
 */
const MOST_FINDS = 400;

export const attacker = (number: number): Person => ({
  platform: 'telegram',
  id: `9${String(number).padStart(4, '0')}`,
  name: `Attacker ${number}`,
});

/** Enrols the victims, and lets attackers agree to search. */
export async function prepare(stage: Stage, victims: readonly Victim[], attackers: readonly Person[]): Promise<void> {
  for (const { person, template } of victims) {
    stage.embeddings.set(person.id, template);
    const [enrolled] = await stage.agreed(person, 'enroll', [person.id]);
    if (enrolled?.kind !== 'enrolled') throw new Error(`not enrolled: ${JSON.stringify(enrolled)}`);
  }
  for (const one of attackers) await stage.agreed(one, 'find', ['nobody']);
}

/**
 * Everything that /find tells attackers about a victim in 30 days, however often they ask. First it
 * tells distances. When no more are told, attackers ask for verdicts, at the distance where these
 * are least certain.
 * @param strangers faces to mix the victim's photos with
 */
export async function ask(
  stage: Stage,
  attackers: readonly Person[],
  victim: Victim,
  strangers: readonly Float32Array[],
  way: Way,
  random: () => number,
): Promise<Told[]> {
  const told: Told[] = [];
  const began = stage.clock.ms;
  for (let day = 0; day <= MONTH_DAYS; day += STEP_DAYS) {
    stage.clock.ms = began + day * DAY_MS;
    for (const one of attackers) {
      let tells: 'distance' | 'verdict' | 'nothing' = 'distance';
      for (let find = 0; find < MOST_FINDS && tells !== 'nothing'; find++) {
        const answer = await askOnce(stage, one, victim, strangers, way === 'collage', tells, random);
        told.push(...answer.told);
        tells = answer.tells;
      }
    }
  }
  return told;
}

async function askOnce(
  stage: Stage,
  asker: Person,
  victim: Victim,
  strangers: readonly Float32Array[],
  isCollage: boolean,
  after: 'distance' | 'verdict',
  random: () => number,
) {
  const faces = isCollage ? COLLAGE_FACES : 1;
  const { match, named } = limits(stage, faces);
  // While distances are told, and in a collage, the probes are clear matches, because a clear
  // verdict costs least of the budget. Otherwise the probe is at the limit of a match, where a
  // verdict tells most.
  const distance = after === 'distance' || isCollage ? match - 0.12 - 0.1 * random() : match;
  const any = (list: readonly Float32Array[]) => list[Math.floor(random() * list.length)] ?? new Float32Array();
  const probes = Array.from({ length: faces }, () => {
    const own = random() < 0.5 ? any(victim.known.photos) : meanOf(victim.known.photos);
    return probeAt(distance, victim.known, any(strangers), own);
  });
  const names = probes.map((probe, index) => {
    stage.embeddings.set(`probe-${index}`, probe);
    return `probe-${index}`;
  });
  const replies = await stage.say(asker, 'find', [names.join()]);
  return read(replies, probes, victim, { match, named });
}

/** The largest distance of a match, and the largest at which somebody is named. */
function limits({ parts }: Stage, faces: number) {
  const { match, possible } = parts.recognition.matcher.limits({ templates: 2, faces });
  return { match, named: possible };
}

/** What an answer tells of the victim at each probe. */
function read(
  replies: readonly Reply[],
  probes: readonly Float32Array[],
  { person }: Victim,
  { match, named }: { readonly match: number; readonly named: number },
): { readonly told: Told[]; readonly tells: 'distance' | 'verdict' | 'nothing' } {
  const [reply] = replies;
  if (reply?.kind !== 'result') return { told: [], tells: 'nothing' };
  const found = reply.faces.map(({ matches }: ResultFace) => matches.find(({ name }) => name === person.name));
  const best = found.find((one) => one !== undefined);
  const told = probes.map((probe, index): Told => {
    const here = found[index];
    if (here?.distance !== undefined) {
      return { probe, nearest: here.distance - 0.025, farthest: here.distance + 0.025 };
    }
    if (here?.verdict === 'match') return { probe, nearest: 0, farthest: match };
    if (here) return { probe, nearest: match, farthest: named };
    // A person is named only at their nearest face. So the template is at least as far from this
    // face as from that one.
    return { probe, nearest: best ? (best.distance ?? 0.025) - 0.025 : named, farthest: 2 };
  });
  return { told, tells: best && best.distance === undefined ? 'verdict' : 'distance' };
}

/**
 * What attackers gain by the answers: the best guess's cosine to the template, less that of the
 * photos' mean.
 */
export function gain({ known, template }: Victim, told: readonly Told[]): number {
  return bestCosine(known, told, template) - dot(meanOf(known.photos), template);
}
