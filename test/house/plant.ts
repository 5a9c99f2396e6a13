import { execFileSync, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { PLANTS, type Plant } from './plants.ts';

/**
 * Plants every violation of plants.ts in one scratch copy of the repository, and runs `npm run
 * check` there once. Exits with 0 when the check reports every violation.
 */
const ROOT = join(import.meta.dirname, '../..');
const LEFT_BEHIND = new Set(['node_modules', '.git', 'data', 'secrets']);

const scratch = await mkdtemp(join(tmpdir(), 'facefinder-plants-'));
try {
  await cp(ROOT, scratch, {
    recursive: true,
    filter: (path) => !LEFT_BEHIND.has(basename(path)) || path.startsWith(join(ROOT, 'src')),
  });
  await symlink(join(ROOT, 'node_modules'), join(scratch, 'node_modules'));
  // Biome asks git what to ignore.
  execFileSync('git', ['init', '--quiet'], { cwd: scratch });
  for (const plant of PLANTS) await put(plant);
  const { stdout, stderr, status } = spawnSync('npm', ['run', '--silent', 'check'], {
    cwd: scratch,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const said = stripVTControlCharacters(stdout + stderr);
  const unseen = PLANTS.filter(({ seen }) => !seen.test(said));
  for (const { name, path } of unseen) console.error(`not told: ${name} (${path})`);
  console.log(
    `${PLANTS.length - unseen.length} of ${PLANTS.length} planted violations were told by one run of npm run check`,
  );
  if (process.argv.includes('--verbose')) console.log(said);
  process.exitCode = unseen.length === 0 && status !== 0 ? 0 : 1;
} finally {
  await rm(scratch, { recursive: true, force: true });
}

async function put(plant: Plant): Promise<void> {
  const file = join(scratch, plant.path);
  const text = await readFile(file, 'utf8').catch(() => '');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, plant.put(text));
}
