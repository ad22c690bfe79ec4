import { defineConfig } from 'vitest/config'

/** What `make bench-client` runs; it prints and proves nothing. */
export default defineConfig({
  test: { include: ['browser/speed.ts'], globalSetup: ['./harness/suite.ts'], testTimeout: 300_000, hookTimeout: 120_000 },
})
