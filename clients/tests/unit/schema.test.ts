import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import openapiTS, { astToString } from 'openapi-typescript'

const ROOT = resolve(import.meta.dirname, '../../..')

test('the typed client is the committed API description: else run `npm run schema` in clients/shared', async () => {
  const description = JSON.parse(readFileSync(`${ROOT}/docs/openapi.json`, 'utf8')) as Parameters<typeof openapiTS>[0]
  const made = astToString(await openapiTS(description, { immutable: true }))
  const committed = readFileSync(`${ROOT}/clients/shared/src/schema.d.ts`, 'utf8')
  expect(committed.slice(committed.indexOf('export interface paths'))).toBe(made.slice(made.indexOf('export interface paths')))
})
