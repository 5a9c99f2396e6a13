import type { Person } from '../../src/consent/who.ts';
import type { Victim } from './attack.ts';
import { dot, meanOf, normalised } from './guess.ts';

/** How many photos of a victim an attacker has. */
const PHOTOS = 9;
/** How much photos of one person differ: two are 0.77 apart, as in measured packs (cosine 0.70). */
const DIFFERENCE = 0.65;
/**
 * How far cosines are from the prediction by nine photos, when strangers have nothing in common. It
 * was measured.
 */
const SPREAD = 0.047;
/**
 * Faces vary about equally in this many directions. In further directions they vary less and less,
 * as real embeddings do.
 */
const DIRECTIONS = 24;

/**
 * Made-up people: strangers, and victims with a template and nine other photos. Directions have
 * unequal weights, as in embeddings of photos: of 128 numbers 71 count in effect, and of 512
 * numbers 119.
 * @param apart the distance between strangers; below √2 all faces have something in common
 */
export function madeUp(dims: number, apart: number, victims: number, random: () => number) {
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const direction = () =>
    normalised(Float32Array.from({ length: dims }, (_, k) => gauss() * (1 + k / DIRECTIONS) ** -0.75));
  const common = Math.max(0, 1 - apart ** 2 / 2);
  const everybody = direction();
  const seen = (own: Float32Array) =>
    normalised(own.map((value, k) => Math.sqrt(1 - common) * value + Math.sqrt(common) * (everybody[k] ?? 0)));
  const photoOf = (person: Float32Array) => {
    const light = direction();
    return seen(normalised(person.map((value, k) => value + DIFFERENCE * (light[k] ?? 0))));
  };
  const photosOf = () => {
    const person = direction();
    const template = photoOf(person);
    return { template, photos: Array.from({ length: PHOTOS }, () => photoOf(person)) };
  };
  // What an attacker learns from people with known templates.
  const practice = Array.from({ length: 40 }, photosOf);
  const closeness =
    practice.reduce((sum, { template, photos }) => sum + dot(template, meanOf(photos)), 0) / practice.length;
  return {
    strangers: Array.from({ length: 200 }, () => seen(direction())),
    victims: Array.from({ length: victims }, (_, index): Victim => {
      const { template, photos } = photosOf();
      const person: Person = { platform: 'telegram', id: `victim-${index}`, name: `Victim ${index}` };
      return { person, template, known: { photos, closeness, spread: SPREAD * (1 - common) } };
    }),
  };
}
