import { fileURLToPath } from 'node:url'
import uni from '@dcloudio/vite-plugin-uni'
import { defineConfig } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const SUFFIX: Record<string, string> = { 'mp-weixin': 'weixin', 'mp-alipay': 'alipay', h5: 'h5' }

/** What differs between the three targets is a file of its own: `@platform/pay` is `platform/pay.weixin.ts` in 微信. */
const platform = SUFFIX[process.env['UNI_PLATFORM'] ?? 'h5'] ?? 'h5'

/** The browser's pages are on the API's own origin, unless a company sets another. */
if (platform === 'h5') process.env['VITE_API_BASE'] ??= ''

/** What nearly every page needs comes as one file: on a slow phone a request costs more than a few kilobytes. */
function together(id: string): string | undefined {
  return /\/(miniprogram\/src\/(components|session|billing|platform|company)|shared\/src)/.test(id) ? 'frame' : undefined
}

export default defineConfig({
  base: '/m/',
  plugins: [uni()],
  resolve: {
    alias: [
      { find: /^@platform\/(\w+)$/, replacement: here(`./src/platform/$1.${platform}.ts`) },
      { find: '@heatpay/shared', replacement: here('../shared/src/index.ts') },
      { find: '@', replacement: here('./src') },
    ],
  },
  build: { target: 'es2018', sourcemap: false, ...(platform === 'h5' ? { rollupOptions: { output: { manualChunks: together } } } : {}) },
  server: { proxy: { '/api': 'http://127.0.0.1:8080', '/sandbox': 'http://127.0.0.1:8080' } },
})
