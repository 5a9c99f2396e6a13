import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manifestSchema } from '../../models/manifest.ts';
import { DEFAULT_PACK, loadPack } from '../../models/pack.ts';
import { calibrate } from '../../src/cli/calibrate.ts';
import { evaluate } from '../../src/cli/evaluate.ts';
import { UsageError, type Verb } from '../../src/cli/verb.ts';
import { readConfig } from '../../src/config.ts';
import { openPipeline } from '../../src/face/pipeline.ts';
import { impostorCurve } from '../../src/match/impostors.ts';

const SAMPLES = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');
const MANIFEST = join(import.meta.dirname, '../../models', `${DEFAULT_PACK}.json`);

/**
 * Each face of the samples is a person in this folder, with two photos. One more photo shows
 * nobody.
 */
let folder: string;
let work: string;
let people = 0;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'facefinder-evaluate-'));
  folder = join(work, 'people');
  const { see } = await openPipeline(await loadPack(DEFAULT_PACK, { modelDir: readConfig(process.env).modelDir }));
  for (const file of (await readdir(SAMPLES)).filter((name) => /^sample\d\.jpg$/.test(name))) {
    const photo = await readFile(join(SAMPLES, file));
    for (const { box } of (await see(photo)).faces) {
      const name = `p${String(++people).padStart(2, '0')}`;
      await mkdir(join(folder, name), { recursive: true });
      const crop = await around(photo, box);
      await crop.clone().toFile(join(folder, name, `${name}_0001.jpg`));
      await crop
        .clone()
        .flop()
        .modulate({ brightness: 0.8 })
        .toFile(join(folder, name, `${name}_0002.jpg`));
    }
  }
  const nobody = sharp({ create: { width: 200, height: 200, channels: 3, background: '#667788' } });
  await nobody.jpeg().toFile(join(folder, 'p01', 'p01_0003.jpg'));
});
afterAll(() => rm(work, { recursive: true }));

async function around(photo: Uint8Array, [x, y, width, height]: readonly [number, number, number, number]) {
  const side = Math.round(height * 1.6);
  const left = Math.round(x + width / 2 - side / 2) + side;
  const top = Math.round(y + height / 2 - side / 2) + side;
  const roomy = await sharp(photo).extend({ top: side, bottom: side, left: side, right: side }).png().toBuffer();
  const square = await sharp(roomy).extract({ left, top, width: side, height: side }).resize(250, 250).png().toBuffer();
  return sharp(square).jpeg();
}

async function run(verb: Verb, ...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const io = { out: (line: string) => out.push(line), err: (line: string) => err.push(line), env: process.env };
  return { code: await verb.run(args, io), out: out.join('\n'), err: err.join('\n') };
}

describe('facefinder calibrate', () => {
  test('measures strangers and writes the table, its provenance and the threshold into a manifest, nothing else', async () => {
    const manifest = join(work, 'manifest.json');
    await copyFile(MANIFEST, manifest);
    const { code, out, err } = await run(
      calibrate,
      folder,
      '--pack',
      DEFAULT_PACK,
      '--source',
      'samples',
      '--write',
      manifest,
    );
    expect(code).toBe(0);

    const before = manifestSchema.parse(JSON.parse(await readFile(MANIFEST, 'utf8')));
    const after = manifestSchema.parse(JSON.parse(await readFile(manifest, 'utf8')));
    expect(after.impostors).toEqual(JSON.parse(out));
    const photos = 2 * people;
    expect(after.impostors.provenance).toMatchObject({
      source: 'samples',
      photos: photos + 1,
      withoutFace: 1,
      people,
      pairs: (photos * (photos - 2)) / 2,
      pack: `${before.name}@${before.version}`,
    });
    expect(after.impostors.fmr.map(([fmr]) => fmr)).toEqual([0.1, 0.03]);
    const { distanceAt } = impostorCurve(after.impostors.fmr);
    expect(after.thresholds.verify).toBeCloseTo(distanceAt(1e-3), 3);
    expect({ ...after, impostors: 0, thresholds: 0 }).toEqual({ ...before, impostors: 0, thresholds: 0 });

    // The samples repeat the same people under different names, which calibrate points out.
    const suspects = err.split('\n').flatMap((line) => /^(\d\.\d{3}) {2}p\d+_\d+ {2}p\d+_\d+$/.exec(line)?.[1] ?? []);
    expect(suspects).toHaveLength(10);
    expect(suspects).toEqual(suspects.toSorted());
    expect(Number(suspects[0])).toBeLessThan(1);
  });

  test('leaves out pairs that a list of wrong labels names', async () => {
    const errata = join(work, 'errata.csv');
    await writeFile(errata, 'p01,p02\n');
    const { out } = await run(calibrate, folder, '--pack', DEFAULT_PACK, '--errata', errata);
    expect(JSON.parse(out).provenance.pairs).toBe((2 * people * (2 * people - 2)) / 2 - 4);
  });

  test('looks for the group that the table is least true of, among groups with enough pairs', async () => {
    const groups = join(work, 'groups.csv');
    await writeFile(groups, 'everybody,p*\n');
    const { out } = await run(calibrate, folder, '--pack', DEFAULT_PACK, '--groups', groups);
    expect(JSON.parse(out)).not.toHaveProperty('worstGroup');
    await writeFile(groups, 'everybody\n');
    await expect(run(calibrate, folder, '--pack', DEFAULT_PACK, '--groups', groups)).rejects.toThrow('line 1');
  });

  test('learns what glasses, masks and blur do to embeddings, and takes it out of what it measures', async () => {
    const manifest = join(work, 'corrected.json');
    await copyFile(MANIFEST, manifest);
    const args = [folder, '--pack', DEFAULT_PACK, '--source', 'samples', '--correct', '--write', manifest];
    const { code, out } = await run(calibrate, ...args);
    expect(code).toBe(0);
    const before = manifestSchema.parse(JSON.parse(await readFile(MANIFEST, 'utf8')));
    const { embedder, impostors } = manifestSchema.parse(JSON.parse(await readFile(manifest, 'utf8')));
    expect(embedder).toEqual({ ...before.embedder, correction: JSON.parse(out).correction });
    expect(embedder.correction).not.toEqual(before.embedder.correction);
    // Without their common mean, strangers are farther apart.
    const [, distance = 0] = impostors.fmr[0] ?? [];
    expect(distance).toBeGreaterThan(1.25);
  });

  test('wants a folder, and a name for what it writes', async () => {
    await expect(run(calibrate)).rejects.toThrow(UsageError);
    await expect(run(calibrate, folder, folder)).rejects.toThrow(UsageError);
    await expect(run(calibrate, folder, '--write', 'x.json')).rejects.toThrow('--source');
  });
});

describe('facefinder evaluate', () => {
  test('tells how well people are told apart, as JSON and as a page', async () => {
    const [pairs, report] = [join(work, 'pairs.csv'), join(work, 'report.html')];
    const names = Array.from({ length: people }, (_, index) => `p${String(index + 1).padStart(2, '0')}`);
    const list = names.map((name, index) => `${name},1,2,\n${name},1,${names[(index + 1) % people]},1`);
    await writeFile(pairs, ['name,imagenum1,imagenum2,', ...list].join('\n'));

    const { code, out } = await run(
      evaluate,
      folder,
      '--pack',
      DEFAULT_PACK,
      '--pairs',
      pairs,
      '--json',
      '--report',
      report,
    );
    expect(code).toBe(0);
    const result = JSON.parse(out);
    expect(result).toMatchObject({ people, photos: 2 * people + 1, withoutFace: 1, pairs: { genuine: people } });
    expect(result.accuracy.mean).toBeGreaterThan(0.9);
    expect(result.equalError.rate).toBeLessThan(0.15);
    expect(await readFile(report, 'utf8')).toContain('<svg');
  });

  test('counts the pairs of a photo without a face as missed', async () => {
    const { out } = await run(evaluate, folder, '--pack', DEFAULT_PACK, '--json');
    const { pairs, det } = JSON.parse(out);
    expect(pairs.genuine).toBe(people + 2);
    expect(Math.min(...det.map((point: { fnmr: number }) => point.fnmr))).toBeGreaterThanOrEqual(
      2 / (people + 2) - 1e-9,
    );
  });

  test('prints a table for a person, with the interval of each rate', async () => {
    const { out } = await run(evaluate, folder, '--pack', DEFAULT_PACK);
    expect(out).toContain('95 % interval');
    expect(out).toMatch(/equal error rate +\d/);
  });

  test('says for each group of a list whether what is promised of strangers is true there', async () => {
    const [groups, report] = [join(work, 'groups.csv'), join(work, 'groups.html')];
    await writeFile(groups, 'first,p0*\nfirst,p1*\n');
    const { out } = await run(evaluate, folder, '--pack', DEFAULT_PACK, '--groups', groups, '--report', report);
    expect(out).toMatch(
      /^group +enrolled +photos +chances by +≤ 0.1 % +≤ 1 % +≤ 5 % +≤ 20 % +matched +named +possible: right, wrong$/m,
    );
    expect(out).toMatch(/^first +5 +10 +group +\d/m);
    expect(await readFile(report, 'utf8')).toContain('<td>first</td>');
  });

  test('says how well faces are told apart by group and by quality, and draws it', async () => {
    const [groups, plots] = [join(work, 'some.csv'), join(work, 'deeper', 'plots')];
    await writeFile(groups, 'group,name\nfirst,p0*\nlast,p20\nlast,p21\nlast,p2l\nalone,p01\n');
    const page = join(work, 'some.html');
    const files = ['--groups', groups, '--plots', plots, '--report', page];
    const { code, out, err } = await run(evaluate, folder, '--pack', DEFAULT_PACK, ...files);
    expect(code).toBe(0);
    expect(err).toContain('line 5 of the list of groups: there is no folder "p2l"; did you mean "p20"?');
    expect(err).toContain('the group "alone" has one person in this folder, and is left out');
    expect(out).toMatch(new RegExp(`^all +${people} +${2 * people + 1} +1 +${people + 2} +\\d`, 'm'));
    expect(out).toMatch(/^last +2 +4 +0 +2 +100 % \(\d/m);
    expect(out).toMatch(/^chances +not measured of first, last: it takes 10 people with a face$/m);
    expect(out).toMatch(/^eyes apart ≥ 35 px +\d/m);
    expect((await readdir(plots)).toSorted()).toEqual(['chances.svg', 'det.svg', 'groups.svg', 'quality.svg']);
    const drawn = await Promise.all((await readdir(plots)).map((file) => readFile(join(plots, file), 'utf8')));
    expect(drawn.join()).toContain('last');
    // Public output holds nobody's name.
    expect(drawn.join() + out + (await readFile(page, 'utf8'))).not.toMatch(/p\d\d/);
  });

  test('says what becomes of photos with glasses, a mask, blur, without detail and without light', async () => {
    const page = join(work, 'defects.html');
    const { out } = await run(evaluate, folder, '--pack', DEFAULT_PACK, '--defects', '--report', page);
    const half = Math.floor(people / 2);
    expect(out).toMatch(/^defect +people +face found +taken as selfie +strangers, both/m);
    for (const defect of ['glasses', 'sunglasses', 'mask', 'blur', 'small', 'dark']) {
      expect(out).toMatch(new RegExp(`^${defect} +${half} +\\d`, 'm'));
    }
    expect(out).toMatch(new RegExp(`^mask +${half} +[\\d.]+ % +0 %`, 'm'));
    expect(await readFile(page, 'utf8')).toContain('<td>sunglasses</td>');
  });

  test.each([
    ['groups', 'first,p01\nsecond\n', 'line 2 of the list of groups is not "group,name"'],
    ['pairs', 'p01,1,2\np01,1,p99,1\n', 'names a photo that is not in the folder: p99_0001'],
  ])('refuses a list of %s that is wrong before it looks at a photo', async (option, list, told) => {
    const file = join(work, `wrong-${option}.csv`);
    await writeFile(file, list);
    const said: string[] = [];
    const io = { out: (line: string) => said.push(line), err: (line: string) => said.push(line), env: process.env };
    await expect(evaluate.run([folder, '--pack', DEFAULT_PACK, `--${option}`, file], io)).rejects.toThrow(told);
    expect(said).toEqual([]);
  });
});
