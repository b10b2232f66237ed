import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts", "src/unicorn-engine/test/**/*.test.ts"],
    testTimeout: 30_000,
    setupFiles: ["test/support/environment.ts"],
    pool: "forks",
    maxWorkers: "100%",
  },
});
