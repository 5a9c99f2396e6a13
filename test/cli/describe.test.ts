import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { portrait, SAMPLE_FACES, sample } from '../face/samples.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

let work: string;
let text: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'facefinder-describe-'));
  text = join(work, 'text.jpg');
  await writeFile(text, 'no photo');
  await writeFile(join(work, 'portrait.jpg'), await portrait());
});
afterAll(() => rm(work, { recursive: true }));

async function describeImages(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const io = { out: (line: string) => out.push(line), err: (line: string) => err.push(line), env: process.env };
  return { code: await run(['describe', ...args], io), out, err: err.join('\n') };
}

/** Runs the real program in a process of its own. */
function describeInProcess(...args: string[]) {
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const child = execFile(process.execPath, [MAIN, 'describe', ...args], { cwd: work }, (_error, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

test('each image gets one line of JSON, in the order given, whether it could be read or not', async () => {
  const missing = join(work, 'missing.jpg');
  const files = [sample(5), text, sample(1), missing, sample(6)];
  const { code, out } = await describeImages('--json', ...files);
  const lines = out.map((line) => JSON.parse(line));
  expect(code).toBe(1);
  expect(lines.map(({ file }) => file)).toEqual(files);
  expect(lines.map(({ faces, error }) => faces?.length ?? error.code)).toEqual([
    SAMPLE_FACES[4],
    'not_an_image',
    SAMPLE_FACES[0],
    'no_photo',
    SAMPLE_FACES[5],
  ]);
  for (const { error } of lines) if (error) expect(error.message).toMatch(/\w+ \w+/);
});

test('a line says where each face is, how sure that is, how good it is, and its embedding', async () => {
  const { out } = await describeImages(join(work, 'portrait.jpg'), '--json');
  const { width, height, ms, faces } = JSON.parse(out[0] ?? '');
  expect([width, height]).toEqual([390, 500]);
  expect(Object.keys(ms)).toEqual(['decode', 'detect', 'landmarks', 'embed']);
  expect(faces).toHaveLength(1);
  const [{ box, score, landmarks, quality, embedding }] = faces;
  expect(box).toHaveLength(4);
  expect(score).toBeGreaterThan(0.65);
  expect(landmarks).toHaveLength(68);
  expect(Object.keys(quality).toSorted()).toEqual([
    'covered',
    'exposure',
    'eyeDistance',
    'margin',
    'sharpness',
    'turn',
  ]);
  expect(embedding).toHaveLength(128);
  expect(Math.hypot(...embedding)).toBeCloseTo(1, 4);
});

test('without --json a person reads how many faces there are, or why there is no answer', async () => {
  const { out } = await describeImages(sample(4), text);
  expect(out[0]).toContain('4 faces');
  expect(out[1]).toContain('not_an_image');
});

test.each([[[]], [['--json']]])(
  'a file that is not there is an error (%s), and the others are looked at',
  async (flags) => {
    const missing = join(work, 'nope.jpg');
    const { code, out, err } = await describeImages(missing, sample(1), ...flags);
    expect(code).toBe(1);
    expect(err).toContain(`facefinder describe: There is no ${missing}. Look how it is written`);
    // With --json a script gets a line for every image, also for the missing one.
    expect(out.map((line) => line.includes('no_photo'))).toEqual(flags.length > 0 ? [true, false] : [false]);
  },
);

test('naming no image is wrong usage', async () => {
  const { code, err } = await describeImages('--json');
  expect(code).toBe(2);
  expect(err).toContain('name at least one image');
});

test('a pack that is not there is named', async () => {
  const { code, err } = await describeImages('--pack', 'nosuch', sample(1));
  expect(code).toBe(1);
  expect(err).toContain('nosuch');
});

test('as a program it writes nothing but JSON lines to standard output, and names files as it was given them', async () => {
  const { code, out } = await describeInProcess('portrait.jpg', 'text.jpg', 'portrait.jpg', '--json');
  expect(code).toBe(0);
  expect(out.endsWith('\n')).toBe(true);
  const [first, refused, again, ...more] = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(more).toEqual([]);
  expect([first.file, refused.file, again.file]).toEqual(['portrait.jpg', 'text.jpg', 'portrait.jpg']);
  expect(refused).toEqual({
    file: 'text.jpg',
    error: { code: 'not_an_image', message: expect.stringMatching(/\w+ \w+/) },
  });
  // The same photo gives the same face again, whatever was looked at in between.
  expect(again.faces).toEqual(first.faces);
});

test('as a program it exits with 2 when used wrongly, and writes no line', async () => {
  expect(await describeInProcess('--jsonl', 'portrait.jpg')).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining('facefinder describe'),
  });
});

test.each([
  ['a folder', () => work, /is a folder: name the photos in it/],
  ['an address', () => 'https://example.org/photo.jpg', /is an address: save the photo/],
])('%s in place of an image is a slip that is named before anything is looked at, exit 2', async (_, named, told) => {
  const { code, out, err } = await describeImages('--json', join(work, 'missing.jpg'), named());
  expect({ code, out }).toEqual({ code: 2, out: [] });
  expect(err).toMatch(told);
});

describe('--annotate', () => {
  let folder: string;
  beforeEach(async () => {
    folder = join(await mkdtemp(join(work, 'annotate-')), 'marked');
  });

  test('writes a copy of each photo with its faces framed and numbered, and says where it is', async () => {
    const { code, out } = await describeImages(sample(4), text, sample(1), '--annotate', folder);
    expect(code).toBe(0);
    expect((await readdir(folder)).toSorted()).toEqual(['sample1.faces.jpg', 'sample4.faces.jpg']);
    expect(out[0]).toMatch(/^ {2}marked in .*sample4\.faces\.jpg$/m);
    expect(out[1]).not.toContain('marked');

    const copy = join(folder, 'sample4.faces.jpg');
    const seen = JSON.parse((await describeImages(sample(4), '--json')).out[0] ?? '');
    const { data, info } = await sharp(await readFile(copy))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(Math.max(info.width, info.height)).toBe(1280);
    const scale = info.width / seen.width;
    expect(seen.faces).toHaveLength(SAMPLE_FACES[3] ?? 0);
    for (const { box } of seen.faces) {
      const [x, y, , height] = box.map((value: number) => Math.round(value * scale));
      // A point halfway down the left line of the frame, which is amber.
      const [red = 0, , blue = 0] = data.subarray(((y + Math.round(height / 2)) * info.width + x - 2) * 3);
      expect(red - blue).toBeGreaterThan(80);
    }
  });

  test('leaves the photo itself as it is, and what the camera wrote into it out of the copy', async () => {
    const photo = join(work, 'camera.jpg');
    await writeFile(
      photo,
      await sharp(await portrait())
        .withExif({ IFD0: { Make: 'Camera' } })
        .toBuffer(),
    );
    const before = await readFile(photo);
    const { out } = await describeImages(photo, '--json', '--annotate', work);
    const { annotated } = JSON.parse(out[0] ?? '');
    expect(annotated).toBe(join(work, 'camera.faces.jpg'));
    expect(await readFile(photo)).toEqual(before);
    expect((await sharp(annotated).metadata()).exif).toBeUndefined();
  });

  test('never overwrites a given photo or the copy of another photo', async () => {
    const [one, other] = [join(folder, 'a', 'me.jpg'), join(folder, 'b', 'me.jpg')];
    for (const file of [one, other]) {
      await mkdir(join(file, '..'), { recursive: true });
      await copyFile(join(work, 'portrait.jpg'), file);
    }
    const twins = await describeImages(one, other, '--annotate', join(folder, 'marked'));
    expect(twins).toMatchObject({
      code: 2,
      out: [],
      err: expect.stringMatching(/"[^"]*b.me\.jpg" and "[^"]*a.me\.jpg"/),
    });

    const marked = join(folder, 'a', 'me.faces.jpg');
    await copyFile(one, marked);
    const over = await describeImages(one, marked, '--annotate', join(folder, 'a'));
    expect(over).toMatchObject({ code: 2, out: [], err: expect.stringContaining('would be one file') });
    expect(await readFile(marked)).toEqual(await readFile(one));
  });

  test('marks a photo that is named twice once', async () => {
    const { code } = await describeImages(sample(1), sample(1), '--annotate', folder);
    expect(code).toBe(0);
    expect(await readdir(folder)).toEqual(['sample1.faces.jpg']);
  });

  test('into what is no folder fails before a photo is looked at', async () => {
    const { code, out, err } = await describeImages(sample(1), '--annotate', text);
    expect({ code, out }).toEqual({ code: 1, out: [] });
    expect(err).toContain(`${text} is there already, and is something else. Name another.`);
  });
});
