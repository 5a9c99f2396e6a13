/**
 * `npm run test:install [cell…]`: installs facefinder as a stranger would, with each npm on each
 * Node, with and without install scripts. Each combination of these is a cell. Names of cells
 * choose some, and `ci` chooses those of CI. Exits with 1 when a cell fails.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cell, nameOf, tryCell } from './cell.ts';
import { bringTools } from './tools.ts';

const NPMS = [10, 11, 12];
const NODES = [20, 22, 24, 26];

/** npm 12 itself needs Node 22. */
const tools = NPMS.flatMap((npm) => NODES.filter((node) => npm < 12 || node >= 22).map((node) => ({ npm, node })));
const cells: readonly Cell[] = tools.flatMap((each) => [true, false].map((scripts) => ({ ...each, scripts })));

/** The newest npm on the newest Node, with and without install scripts. */
const CI = ['npm12-node26', 'npm12-node26-without-scripts'];

const names = process.argv.slice(2).flatMap((name) => (name === 'ci' ? CI : [name]));
const chosen = names.length === 0 ? cells : cells.filter((cell) => names.includes(nameOf(cell)));
if (chosen.length < names.length) {
  console.error(`the cells are ci (${CI.length} of them), ${cells.map(nameOf).join(', ')}`);
  process.exit(2);
}

const folder = await mkdtemp(join(tmpdir(), 'facefinder-install-'));
try {
  await bringTools(chosen, join(folder, 'tools'));
  let failed = 0;
  for (const cell of chosen) {
    const begun = Date.now();
    const seconds = () => Math.round((Date.now() - begun) / 1_000);
    try {
      const figures = await tryCell(cell, { folder, cache: join(folder, 'cache'), models: join(folder, 'models') });
      console.log(`ok    ${nameOf(cell)}: ${figures} (${seconds()} s)`);
    } catch (error) {
      failed++;
      console.log(`FAIL  ${nameOf(cell)}: ${error instanceof Error ? error.message : error} (${seconds()} s)`);
    }
  }
  console.log(`${chosen.length - failed} of ${chosen.length} cells passed`);
  if (failed > 0) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
