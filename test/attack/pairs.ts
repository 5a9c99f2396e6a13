import type { Person } from '../../src/consent/who.ts';
import { distanceBetween } from '../../src/match/distance.ts';
import type { Matcher } from '../../src/match/matcher.ts';
import { action, type openStage } from '../chat/stage.ts';
import { attacker, prepare, type Victim } from './attack.ts';
import { blend, meanOf, probeAt, type Told } from './guess.ts';

type Stage = Awaited<ReturnType<typeof openStage>>;

/** Five accounts. Four keep their faces. The fifth takes one new face after another. */
const ACCOUNTS = 5;
/**
 * The group of 21 has families of three, whose members are the fifteen nearest pairs. The sixteenth
 * nearest pair is the fifth account's face and the victim's. In a group of this size, the power
 * (`Matcher.powerIn`) rests on the distance of the sixteenth nearest pair, so it tells how far
 * apart these two are.
 */
const FAMILIES = 5;
const FAMILY = 3;
const PEOPLE = FAMILIES * FAMILY + ACCOUNTS + 1;
/**
 * How many pairs are nearer than the pair whose distance the power tells, and their share of all
 * pairs.
 */
const NEAR = 15;
const SHARE = NEAR / ((PEOPLE * (PEOPLE - 1)) / 2);

/**
 * How far faces are beyond the distance up to which a face is refused as somebody else's:
 * `families` within a family, `tried` the fifth face and the victim, `others` everybody else. An
 * answer of /enroll about a face more than 0.1 beyond costs nothing (`Matcher.nearlySame`), so
 * `tried` and `others` are larger.
 */
const BEYOND = { families: 0.08, tried: 0.15, others: 0.2 };

/**
 * What five members of a group learn of a victim by the group's own pairs. The group is in their
 * favour: they know everybody's template but the victim's, and no other pair comes between. The
 * fifth account takes another face every `paceMs`, `times` times, and reads the power each time.
 */
export async function watch(
  stage: Stage,
  victim: Victim,
  strangers: readonly Float32Array[],
  { paceMs, times, random }: { readonly paceMs: number; readonly times: number; readonly random: () => number },
): Promise<Told[]> {
  const { matcher } = stage.parts.recognition;
  const taken = farthest(matcher.sameFace);
  const families = familiesOf(strangers, taken);
  const crowd = [...families, ...strangers.filter(isFarFrom(families, taken)).slice(0, ACCOUNTS - 1)];
  if (crowd.length !== PEOPLE - 2) throw new Error(`${crowd.length} of ${PEOPLE - 2} people`);
  await prepare(stage, [victim], []);
  for (const [number, face] of crowd.entries()) await enrol(stage, member(number), face);
  // Asking about a face that resembles nobody costs nothing.
  const nobody = meanOf(crowd).map((value) => -value);
  stage.embeddings.set('nobody', nobody);
  const told: Told[] = [];
  for (let time = 0; time < times; time++) {
    const face = tried(victim, crowd, strangers, taken, random);
    if (distanceBetween(face, victim.template) <= taken) continue;
    if (told.length > 0) await forget(stage, attacker(0));
    await enrol(stage, attacker(0), face);
    stage.clock.ms += paceMs;
    const [answer] = await stage.agreed(attacker(0), 'find', ['nobody']);
    if (answer?.kind !== 'result') throw new Error(`no answer: ${JSON.stringify(answer)}`);
    told.push({ probe: face, ...explained(matcher, answer.compared?.power ?? 1) });
  }
  return told;
}

const member = (number: number): Person => ({ platform: 'telegram', id: `8${number}`, name: `Member ${number}` });

async function enrol(stage: Stage, person: Person, face: Float32Array): Promise<void> {
  stage.embeddings.set(person.id, face);
  const [reply] = await stage.agreed(person, 'enroll', [person.id]);
  if (reply?.kind !== 'enrolled') throw new Error(`not enrolled: ${JSON.stringify(reply)}`);
}

async function forget(stage: Stage, person: Person): Promise<void> {
  await stage.press(person, action(await stage.say(person, 'forget'), 'confirm'));
}

function isFarFrom(faces: readonly Float32Array[], taken: number) {
  return (face: Float32Array) => faces.every((one) => distanceBetween(one, face) > taken + BEYOND.others);
}

/** People of families who look as alike as they can without being refused as each other. */
function familiesOf(strangers: readonly Float32Array[], taken: number): Float32Array[] {
  const people: Float32Array[] = [];
  for (const [index, one] of strangers.entries()) {
    if (people.length === FAMILIES * FAMILY) break;
    const family = [one];
    for (const stranger of strangers.slice(index + 1, index + FAMILY)) {
      const centre = meanOf(family);
      const steps = Array.from({ length: 100 }, (_, step) => blend(centre, stranger, step / 100));
      const alike = steps.find((face) =>
        family.every((other) => distanceBetween(face, other) < taken + BEYOND.families),
      );
      if (alike) family.push(alike);
    }
    const isAllowed = family.every((face, at) =>
      family.slice(at + 1).every((other) => distanceBetween(face, other) > taken + 0.01),
    );
    if (isAllowed && family.length === FAMILY && family.every(isFarFrom(people, taken))) people.push(...family);
  }
  return people;
}

/** A mixture of a photo of the victim and a stranger, far enough from everybody to cost nothing. */
function tried(
  { known }: Victim,
  crowd: readonly Float32Array[],
  strangers: readonly Float32Array[],
  taken: number,
  random: () => number,
): Float32Array {
  const any = (list: readonly Float32Array[]) => list[Math.floor(random() * list.length)] ?? new Float32Array();
  for (;;) {
    const own = random() < 0.5 ? any(known.photos) : meanOf(known.photos);
    const face = probeAt(taken + BEYOND.tried, known, any(strangers), own);
    if (isFarFrom(crowd, taken)(face)) return face;
  }
}

/** The smallest and the largest distance of the sixteenth pair that give this power. */
function explained(matcher: Matcher, power: number): Omit<Told, 'probe'> {
  const steps = Array.from({ length: 2001 }, (_, step) => step / 1000);
  const fitting = steps.filter((distance) => matcher.powerIn({ people: PEOPLE, share: SHARE, distance }) === power);
  return { nearest: fitting[0] ?? 0, farthest: fitting.at(-1) ?? 2 };
}

/** The largest distance for which `holds` is true. */
function farthest(holds: (distance: number) => boolean): number {
  let [low, high] = [0, 2];
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}
