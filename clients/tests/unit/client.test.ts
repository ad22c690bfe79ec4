import { Client, NoAnswer, type Outgoing, Problem, address, problemOf } from '@heatpay/shared'
import { describe, expect, test } from 'vitest'

function answering(status: number, body: unknown) {
  const sent: Outgoing[] = []
  const client = new Client((request) => {
    sent.push(request)
    return Promise.resolve({ status, body })
  }, 'https://heat.example')
  return { client, sent }
}

describe('the API', () => {
  test('an address is filled in and its parts are escaped', () => {
    expect(address('/api/a/{one}/b/{two}', { path: { one: 'x/y', two: '?' }, query: { c: '1&2', d: undefined } })).toBe(
      '/api/a/x%2Fy/b/%3F?c=1%262',
    )
  })

  test('a body goes out as JSON, with the headers given', async () => {
    const { client, sent } = answering(201, { payment_no: 'P1' })
    const body = { account_no: '1', bill_nos: ['B1'], channel: 'wechatpay', scene: 'jsapi' } as const
    const made = await client.post('/api/payments', { headers: { 'Idempotency-Key': 'key-12345' }, body })
    expect(made.payment_no).toBe('P1')
    expect(sent).toEqual([
      {
        method: 'POST',
        url: 'https://heat.example/api/payments',
        headers: { accept: 'application/json', 'content-type': 'application/json', 'Idempotency-Key': 'key-12345' },
        body,
      },
    ])
  })

  test('an answer without a body is nothing', async () => {
    const { client } = answering(204, '')
    const path = { account_no: '1' }
    expect(await client.put('/api/households/{account_no}/notices', { path, body: { reminders: true } })).toBeUndefined()
  })

  test('a refusal has its code and a sentence for the person', async () => {
    const { client } = answering(409, { status: 409, code: 'bill_paid', detail: '这笔账单已经缴清。', about: 'B1' })
    const refusal: unknown = await client.get('/api/households').catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(Problem)
    expect(refusal).toMatchObject({ status: 409, code: 'bill_paid', message: '这笔账单已经缴清。', about: 'B1' })
  })

  test.each([['<html>'], [null], [''], [{ message: 'Internal Server Error' }]])('%j in place of a problem is a sentence too', (body) => {
    expect(problemOf(502, body)).toMatchObject({ status: 502, code: 'unreadable_answer', message: expect.stringContaining('稍后') })
  })

  test('no answer says whether there is a network', () => {
    expect(new NoAnswer('offline').message).toContain('网络没有连上')
    expect(new NoAnswer('timeout').message).toContain('较慢')
  })
})
