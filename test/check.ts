import { spawnSync } from 'node:child_process';

/**
 * `npm run check`: format, lint, types, dead code, compose files, and the rules of the house. Each
 * check runs even when an earlier one fails, so one run names everything.
 */
const CHECKS = [
  'biome ci .',
  'tsc',
  'tsc -p src/bots/page/public',
  'knip',
  'dclint --quiet docker-compose.yml infra/compose.webhook.yml infra/services/compose.yml',
  'vitest run --config vitest.check.config.ts',
];

const red = CHECKS.filter((check) => spawnSync(check, { shell: true, stdio: 'inherit' }).status !== 0);
for (const check of red) console.error(`red: ${check}`);
process.exitCode = red.length === 0 ? 0 : 1;
