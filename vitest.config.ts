import { defineConfig } from 'vitest/config'

export default defineConfig({
  ssr: { resolve: { conditions: ['source'] } },
  resolve: { conditions: ['source'] },
  test: {
    include: ['{services,libs,cli,otel-collector,e2e,deploy}/**/*.spec.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
  },
})
