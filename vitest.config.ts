import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They need root, buildah and minutes: npm run image:check.
    exclude: ['test/image/**'],
    globalSetup: ['test/support/settings.ts', 'test/support/models.ts', 'test/support/services.ts'],
    // Most files wait for real processes, servers and browsers, so three at once fill two cores.
    maxWorkers: 3,
    // Only a hanging test takes this long: a busy machine needs ten times as long as an idle one.
    testTimeout: 900_000,
    // A busy machine answers late.
    expect: { poll: { timeout: 240_000 } },
    hookTimeout: 900_000,
  },
});
