import { defineConfig } from 'vitest/config';

/** Tests that only read the repository: `npm run check` runs them without servers or models. */
export default defineConfig({
  test: {
    include: ['test/house/**/*.test.ts', 'test/text/**/*.test.ts', 'test/docs/claims.test.ts'],
    // On a busy machine, a test may take long although nothing is wrong.
    testTimeout: 900_000,
  },
});
