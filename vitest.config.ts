import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Small files that wait for minutes. If they ran last, they would keep one worker busy while the
 * other two are idle.
 */
const SLOW = [
  'test/witness/witness.test.ts',
  'test/gallery/elasticsearch/elasticsearch.test.ts',
  'test/attack/pairs.test.ts',
  'test/faults/faults.test.ts',
  'test/histories/production.test.ts',
  'test/gallery/elasticsearch/rot.test.ts',
  'test/crawler/crawler.test.ts',
  'test/infra/upgrade.test.ts',
  'test/infra/production-series.test.ts',
  'test/histories/histories.test.ts',
  'test/infra/chapter.test.ts',
  'test/infra/round-trips.test.ts',
  'test/attack/template.test.ts',
];

/** Runs the slow files first. Of the others it runs the largest first, as Vitest does. */
class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isSlow = ({ moduleId }: TestSpecification) => SLOW.some((file) => moduleId.endsWith(file));
    const sorted = await super.sort(files);
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // These tests need root, buildah and some minutes. `npm run image:check` runs them.
    exclude: ['test/image/**'],
    globalSetup: ['test/support/settings.ts', 'test/support/models.ts', 'test/support/services.ts'],
    sequence: { sequencer: SlowFirst },
    // Most files wait for real processes, servers and browsers, so three at once fill two cores.
    maxWorkers: 3,
    // Only a hanging test takes this long: a busy machine needs ten times as long as an idle one.
    testTimeout: 900_000,
    // On a busy machine, what a test waits for comes late.
    expect: { poll: { timeout: 240_000 } },
    hookTimeout: 900_000,
  },
});
