import { defineConfig } from "vitest/config";

/** Suites too long for `npm test`: mutation and soak tests. */
export default defineConfig({
  test: {
    include: ["test/**/*.long.ts"],
    testTimeout: 600_000,
    setupFiles: ["test/support/environment.ts"],
    pool: "forks",
    passWithNoTests: true,
  },
});
