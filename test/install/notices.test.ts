import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);
const noticesOf = (root: string) =>
  run(process.execPath, [join(ROOT, 'infra/image/notices.js'), root], { maxBuffer: 2 ** 24 });

/** An installation of one package with these files. */
async function installed(manifest: object, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'facefinder-notices-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const folder = join(root, 'node_modules', 'made-up');
  await mkdir(folder, { recursive: true });
  await mkdir(join(root, 'models'));
  await writeFile(
    join(root, 'node_modules', '.package-lock.json'),
    JSON.stringify({ packages: { 'node_modules/made-up': {} } }),
  );
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'made-up', version: '1.2.3', ...manifest }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await cp(join(ROOT, 'models', 'faceplugin512.json'), join(root, 'models', 'pack.json'));
  return root;
}

test('the notices have each package with its licence and the texts that it brings, and each model pack', async () => {
  const texts = { 'LICENSE.md': 'Do as you like.', NOTICE: 'Made by somebody.', 'index.js': 'not a licence' };
  const { stdout } = await noticesOf(await installed({ license: 'MIT' }, texts));
  expect(stdout).toContain('== made-up 1.2.3 (MIT)\n');
  expect(stdout).toContain('Do as you like.');
  expect(stdout).toContain('Made by somebody.');
  expect(stdout).not.toContain('not a licence');
  expect(stdout).toMatch(/^== model pack faceplugin512 1 \(MIT/m);
});

test('a package without a licence ends the build, by its name', async () => {
  const failing = noticesOf(await installed({}));
  await expect(failing).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('made-up 1.2.3') });
});

test('every package that is installed here states its licence', async () => {
  const { stdout } = await noticesOf(ROOT);
  expect(stdout).toMatch(/^== sharp /m);
});
