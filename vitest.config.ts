import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They need root, buildah and minutes: npm run image:check.
    exclude: ['test/image/**'],
    globalSetup: ['test/support/settings.ts', 'test/support/models.ts', 'test/support/services.ts'],
    // Real processes, servers and browsers: two files at once keep a 2-core machine truthful.
    maxWorkers: 2,
    testTimeout: 60_000,
    // What is waited for comes late on a busy machine.
    expect: { poll: { timeout: 20_000 } },
    hookTimeout: 120_000,
  },
});
