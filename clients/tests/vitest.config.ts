import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const alias = [
  { find: /^@platform\/(\w+)$/, replacement: here('../miniprogram/src/platform/$1.h5.ts') },
  { find: '@heatpay/shared', replacement: here('../shared/src/index.ts') },
  { find: '@dcloudio/uni-app', replacement: here('./harness/uni-app.ts') },
  { find: /^@\//, replacement: here('../miniprogram/src/') },
  ...['vue', 'pinia', 'uqr'].map((name) => ({ find: new RegExp(`^${name}$`), replacement: here(`./node_modules/${name}`) })),
]

/** What the two slow projects have in common: one suite for all their tests, which therefore take turns. */
const withSuite = {
  globalSetup: ['./harness/suite.ts'],
  fileParallelism: false,
  testTimeout: 90_000,
  hookTimeout: 120_000,
}

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        extends: true,
        plugins: [vue({ template: { compilerOptions: { isCustomElement: (tag) => !tag.startsWith('Hp') && /^[a-z-]+$/.test(tag) } } })],
        test: {
          name: 'unit',
          include: ['unit/**/*.test.ts', 'components/**/*.test.ts'],
          environment: 'happy-dom',
          setupFiles: ['./harness/uni.ts'],
          env: { VITE_API_BASE: '', VITE_COMPANY_NAME: '暖城热力', VITE_SERVICE_PHONE: '022-12345678', VITE_TEMPLATE_IDS: '' },
        },
      },
      { extends: true, test: { name: 'packages', include: ['packages/**/*.test.ts'], ...withSuite } },
      { extends: true, test: { name: 'browser', include: ['browser/**/*.test.ts'], ...withSuite } },
    ],
  },
})
