import { defineConfig } from 'vitest/config';

/** `npm run image:check`: tests in the container image that infra/image/build.sh made. */
export default defineConfig({
  test: {
    include: ['test/image/**/*.test.ts'],
    globalSetup: ['test/support/settings.ts', 'test/support/services.ts'],
    testTimeout: 120_000,
    hookTimeout: 240_000,
  },
});
