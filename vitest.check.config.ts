import { defineConfig } from 'vitest/config';

/** Tests that only read the repository: `npm run check` runs them without servers or models. */
export default defineConfig({
  test: {
    include: ['test/house/**/*.test.ts', 'test/text/**/*.test.ts', 'test/docs/claims.test.ts'],
    // A busy machine is slow, not wrong.
    testTimeout: 900_000,
  },
});
