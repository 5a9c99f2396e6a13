import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Small files that wait for minutes. Run last, they would keep one worker while two are idle. */
const SLOW = [
  'test/witness/witness.test.ts',
  'test/gallery/elasticsearch/elasticsearch.test.ts',
  'test/attack/pairs.test.ts',
  'test/faults/faults.test.ts',
  'test/histories/production.test.ts',
];

/** Begins with the slow files, and then with the largest, as Vitest does. */
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
    // They need root, buildah and minutes: npm run image:check.
    exclude: ['test/image/**'],
    globalSetup: ['test/support/settings.ts', 'test/support/models.ts', 'test/support/services.ts'],
    sequence: { sequencer: SlowFirst },
    // Most files wait for real processes, servers and browsers, so three at once fill two cores.
    maxWorkers: 3,
    // Only a hanging test takes this long: a busy machine needs ten times as long as an idle one.
    testTimeout: 900_000,
    // A busy machine answers late.
    expect: { poll: { timeout: 240_000 } },
    hookTimeout: 900_000,
  },
});
