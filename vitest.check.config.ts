import { defineConfig } from 'vitest/config';

/** Tests that read the repository and start nothing: `npm run check` runs them, without servers, models or a browser. */
export default defineConfig({
  test: {
    include: ['test/house/**/*.test.ts', 'test/text/**/*.test.ts', 'test/docs/claims.test.ts'],
    // A machine that does much else at once is slow, not wrong.
    testTimeout: 60_000,
  },
});
