import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_PACK, loadPack } from '../../models/pack.ts';
import { readConfig } from '../../src/config.ts';
import { seeded } from '../../src/evaluate/seeded.ts';
import { openFaces } from '../../src/face/pool.ts';
import { openStage } from '../chat/stage.ts';
import { SAMPLE_FACES, sample, shared, subjectOf } from '../face/samples.ts';
import { ask, attacker, gain, prepare, type Victim, type Way } from './attack.ts';
import { dot, type Known, meanOf } from './guess.ts';

/**
 * `npm run drill template`: the attack of template.test.ts with photographs, by the nets of the
 * pack in use. Each person of a folder is the victim once, enrolled by one photo. Attackers have
 * the other photos of that person, and mix them with photos of everybody else. They mix the
 * embeddings and not the pictures, because embeddings can be mixed in any proportion.
 */
const folder = shared('faces');
if (folder) await drill(folder);

async function drill(folder: string): Promise<void> {
  const config = readConfig(process.env);
  const name = config.pack ?? DEFAULT_PACK;
  const pack = await loadPack(name, { modelDir: config.modelDir, onProgress: console.error });
  await using faces = await openFaces({ pack, children: 1 });
  const embed = async (file: string) => (await faces.see(readFileSync(file))).faces;
  const people = new Map<string, Float32Array[]>();
  for (const { name: person } of readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    const photos: Float32Array[] = [];
    for (const file of readdirSync(join(folder, person))) {
      const face = subjectOf(await faces.see(readFileSync(join(folder, person, file))));
      if (face) photos.push(face.embedding);
    }
    people.set(person, photos);
  }
  const passersby: Float32Array[] = [];
  for (const index of SAMPLE_FACES.keys()) {
    passersby.push(...(await embed(sample(index + 1))).map((face) => face.embedding));
  }
  const closeness = mean(
    [...people.values()].map(([template, ...photos]) => (template ? dot(template, meanOf(photos)) : 0)),
  );
  const limits: readonly (readonly [Way, number, number])[] = [
    ['single', 1, 0.05],
    ['collage', 1, 0.05],
    ['single', 5, 0.1],
  ];
  for (const [way, attackers, limit] of limits) {
    const gains: number[] = [];
    for (const [person, [template, ...photos]] of people) {
      if (!template) continue;
      const known: Known = { photos, closeness, spread: 0.045 };
      const victim: Victim = { person: { platform: 'telegram', id: 'victim', name: 'Victim' }, template, known };
      const others = [...people].filter(([other]) => other !== person).flatMap(([, all]) => all);
      gains.push(await attack(name, victim, [...passersby, ...others], way, attackers));
    }
    const told = gains.map((one) => one.toFixed(3)).join(' ');
    console.log(
      `${pack.id}: ${attackers} by ${way} faces gain ${mean(gains).toFixed(3)} on average (${told}); at most ${limit}`,
    );
    if (mean(gains) > limit) process.exitCode = 1;
  }
}

async function attack(pack: string, victim: Victim, strangers: readonly Float32Array[], way: Way, attackers: number) {
  await using stage = await openStage({ FACE_PACK: pack }, 'alone');
  const askers = Array.from({ length: attackers }, (_, number) => attacker(number));
  await prepare(stage, [victim], askers);
  return gain(victim, await ask(stage, askers, victim, strangers, way, seeded(attackers)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
