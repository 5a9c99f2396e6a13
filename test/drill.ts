import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

/**
 * `npm run drill [name …]`: runs in full what takes too long for every commit; CI runs seeded
 * samples. A random drill prints its seed, and `--seed` repeats it. The crawler plays 10,000 people
 * without nets and 200 with nets. `--people` sets another number.
 */
const options = { seed: { type: 'string' }, people: { type: 'string' } } as const;
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const seed = values.seed ?? String(randomInt(2 ** 31));

const DRILLS: Readonly<Record<string, string>> = {
  plants: 'node test/house/plant.ts',
  mutants: `node test/mutation/run.ts --count 300 --seed ${seed}`,
  template: 'node test/attack/drill.ts',
  pairs: 'ALL_PACKS=1 npx vitest run test/attack/pairs.test.ts',
  linking: 'node test/attack/linking-drill.ts',
  bits: `DRILL_FLIPS=10000 DRILL_SEED=${seed} npx vitest run test/gallery/sqlite/flips.test.ts test/chat/flipped-files.test.ts`,
  documents: `DRILL_FLIPS=1000 DRILL_SEED=${seed} npx vitest run test/gallery/elasticsearch/flips.test.ts`,
  lives: `STEPS=20000 PRODUCTION_STEPS=300 SEED=${seed} npx vitest run test/histories`,
  histories: `HISTORIES=200 SEED=${seed} npx vitest run test/backup/histories.test.ts`,
  crawler: `PEOPLE=${values.people ?? 10_000} SEED=${seed} npx vitest run test/crawler`,
  'crawler-real': `REAL_NETS=1 PEOPLE=${values.people ?? 200} SEED=${seed} npx vitest run test/crawler`,
  faults: `DRILL_FAULTS=1 SEED=${seed} npx vitest run test/faults`,
  install: 'npm run --silent test:install',
};

const unknown = positionals.filter((name) => !(name in DRILLS));
if (unknown.length > 0) {
  console.error(`There is no drill ${unknown.join(', ')}. There are: ${Object.keys(DRILLS).join(', ')}`);
  process.exitCode = 2;
} else {
  console.log(`seed ${seed}`);
  const chosen = Object.entries(DRILLS).filter(([name]) => positionals.length === 0 || positionals.includes(name));
  const failed = chosen.filter(([name, command]) => {
    console.log(`\n${name}: ${command}`);
    return spawnSync(command, { shell: true, stdio: 'inherit' }).status !== 0;
  });
  console.log(
    `\n${chosen.length - failed.length} drills passed, ${failed.length} failed${failed.map(([name]) => ` ${name}`).join('')}`,
  );
  process.exitCode = failed.length === 0 ? 0 : 1;
}
