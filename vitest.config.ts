import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They need root, buildah and minutes: npm run image:check.
    exclude: ['test/image/**'],
    globalSetup: ['test/support/settings.ts', 'test/support/models.ts', 'test/support/services.ts'],
    // Most files wait for real processes, servers and browsers: three at once keep two cores busy.
    maxWorkers: 3,
    // Only what hangs takes as long: on a busy machine a test takes ten times what it takes on an idle one.
    testTimeout: 300_000,
    // What is waited for comes late on a busy machine.
    expect: { poll: { timeout: 90_000 } },
    hookTimeout: 300_000,
  },
});
