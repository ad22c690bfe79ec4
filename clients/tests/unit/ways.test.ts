/// <reference path="../../miniprogram/src/env.d.ts" />
import * as alipay from '@/platform/pay.alipay'
import * as browser from '@/platform/pay.h5'
import * as weixin from '@/platform/pay.weixin'
import { afterEach, describe, expect, test, vi } from 'vitest'

afterEach(() => vi.restoreAllMocks())

const NO = 'P01'
const PHONE = 'Mozilla/5.0 (Linux; Android 14; Phone) Mobile Safari/537.36'
const COMPUTER = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140 Safari/537.36'
const offered = (agent: string) => {
  vi.spyOn(window.navigator, 'userAgent', 'get').mockReturnValue(agent)
  return browser.ways().map(({ channel, scene }) => `${channel} ${scene}`)
}

describe('the ways to pay', () => {
  test('are those that the server has for each place', () => {
    expect(weixin.ways()).toEqual([{ channel: 'wechatpay', scene: 'jsapi' }])
    expect(alipay.ways()).toEqual([{ channel: 'alipay', scene: 'jsapi' }])
    expect(offered(PHONE)).toEqual(['wechatpay h5', 'alipay h5', 'unionpay h5'])
    expect(offered(COMPUTER)).toEqual(['wechatpay native', 'alipay page', 'unionpay page'])
  })

  test('take a payment only with what their own channel is opened with', () => {
    const begun = { weixin: { paySign: 's' }, alipay: { tradeNO: '1' }, h5: { h5_url: 'u' }, page: { page_url: 'u' }, form: { form_action: 'u' } }
    const taken = (takes: typeof weixin.takes) => Object.entries(begun).flatMap(([name, given]) => (takes(given) ? [name] : []))
    expect(taken(weixin.takes)).toEqual(['weixin'])
    expect(taken(alipay.takes)).toEqual(['alipay'])
    expect(taken(browser.takes)).toEqual(['h5', 'page', 'form'])
  })
})

describe("Alipay's window", () => {
  const closing = (resultCode: string | number) => {
    vi.stubGlobal('my', { tradePay: (call: Parameters<typeof my.tradePay>[0]) => call.success({ resultCode }) })
    return alipay.pay({ tradeNO: '2026' }, NO)
  }

  test.each([
    ['9000', 'done'],
    [9000, 'done'],
    ['8000', 'done'],
    ['6004', 'done'],
    ['6002', 'done'],
    ['6001', 'cancelled'],
    ['4000', 'failed'],
  ] as const)('that closes with %s says %s', async (code, says) => expect(await closing(code)).toBe(says))

  test('that does not open has failed', async () => {
    vi.stubGlobal('my', { tradePay: ({ fail }: { fail: () => void }) => fail() })
    expect(await alipay.pay({ tradeNO: '2026' }, NO)).toBe('failed')
  })
})

describe('in a browser', () => {
  const sent = async (parameters: Record<string, string>) => {
    const assign = vi.spyOn(window.location, 'assign').mockImplementation(() => {})
    expect(await browser.pay(parameters, NO)).toBe('elsewhere')
    return assign.mock.calls.map(([url]) => String(url))
  }

  test("WeChat's page is told where to come back to, once", async () => {
    const [url] = await sent({ h5_url: 'https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=1' })
    expect(new URL(url ?? '').searchParams.get('redirect_url')).toMatch(/\/pay\/result\?no=P01$/)
    const told = 'https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=1&redirect_url=https%3A%2F%2Fheat.example'
    expect(await sent({ h5_url: told })).toContain(told)
  })

  test.each(['h5_url', 'page_url'])("Alipay's signed address is opened as it is: %s", async (name) => {
    const signed = 'https://openapi.alipay.com/gateway.do?app_id=1&sign=abc%2B'
    expect(await sent({ [name]: signed })).toEqual([signed])
  })

  test("UnionPay's form is posted with every field and nothing else", async () => {
    const posted: HTMLFormElement[] = []
    vi.spyOn(HTMLFormElement.prototype, 'submit').mockImplementation(function (this: HTMLFormElement) {
      posted.push(this)
    })
    await browser.pay({ form_action: 'https://gateway.95516.com/front', orderId: 'P01', signature: 'a+b/=' }, NO)
    expect(posted.map(({ method, action }) => `${method} ${action}`)).toEqual(['post https://gateway.95516.com/front'])
    const fields = [...(posted[0]?.querySelectorAll('input') ?? [])].map(({ type, name, value }) => [type, name, value])
    expect(fields).toEqual([['hidden', 'orderId', 'P01'], ['hidden', 'signature', 'a+b/=']])
  })
})
