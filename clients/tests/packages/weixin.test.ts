import { createVerify } from 'node:crypto'
import { join } from 'node:path'
import { expect, inject, test, vi } from 'vitest'
import { Desk } from '../harness/desk'
import { ROOT } from '../harness/suite'
import { type Hands, Weixin } from '../harness/weixin'

const WITHIN = { timeout: 30_000 }
const desk = new Desk(inject('url'))

/** A person's phone; `pays` is what he does in the payment window. */
function phone(pays: (parameters: Record<string, string>) => Promise<'ok' | 'cancel' | 'fail'>, more: Pick<Hands, 'picture' | 'place'> = {}): Weixin {
  let openid: string | undefined
  return new Weixin(desk.url, {
    login: async () => {
      const minted = await desk.call<{ code: string; openid: string }>('POST', '/sandbox/api/weixin/login-codes', { openid })
      openid = minted.openid
      return minted.code
    },
    pay: pays,
    ...more,
  })
}

/** Whether the merchant signed what `wx.requestPayment` is given. */
function signedByTheMerchant(parameters: Record<string, string>): boolean {
  const { appId, timeStamp, nonceStr, package: order, paySign } = parameters
  const message = `${appId}\n${timeStamp}\n${nonceStr}\n${order}\n`
  return createVerify('RSA-SHA256').update(message).verify(inject('merchantKey'), paySign ?? '', 'base64')
}

const sees = (weixin: Weixin, text: string) => vi.waitFor(() => expect(weixin.text()).toContain(text), WITHIN)

async function bound(weixin: Weixin) {
  const household = await desk.owing()
  await sees(weixin, '添加我家的户号')
  weixin.tap('添加我家的户号')
  await sees(weixin, '户主姓名')
  weixin.write('户号', household.account_no)
  weixin.write('户主姓名', household.holder)
  weixin.write('后 4 位', household.phone_last4)
  weixin.tap('添加')
  await sees(weixin, '隐私保护提示')
  expect(weixin.requests).not.toContain('POST /api/households')
  weixin.agree()
  return household
}

test('in WeChat: bind, bill, wx.requestPayment with a signature that holds, settled, invoice', async () => {
  const seen: Record<string, string>[] = []
  const weixin = phone(async (parameters) => {
    seen.push(parameters)
    await desk.call('POST', '/sandbox/api/wechatpay/pay', { client_parameters: parameters })
    return 'ok'
  })
  const household = await bound(weixin)
  await sees(weixin, '应缴金额')
  expect(weixin.page.url).toBe('/pages/home/index')
  weixin.tap('去缴费')
  await sees(weixin, '确认支付')
  weixin.tap('确认支付')
  await sees(weixin, '缴费成功')
  expect(seen).toHaveLength(1)
  expect(seen[0]?.['signType']).toBe('RSA')
  expect(signedByTheMerchant(seen[0] ?? {})).toBe(true)
  expect(signedByTheMerchant({ ...seen[0], package: 'prepay_id=wx0' })).toBe(false)
  weixin.tap('查看电子发票和凭证')
  await sees(weixin, '已开具')
  expect(weixin.calls).toEqual(['login', 'requestPayment', 'requestSubscribeMessage'])
  expect(weixin.requests.filter((request) => request === 'POST /api/notices/grants')).toHaveLength(1)
  weixin.tap('已开具')
  await sees(weixin, '发票已开好')
  weixin.tap('查看发票(PDF)')
  await vi.waitFor(() => expect(weixin.calls.slice(-2)).toEqual(['downloadFile', 'openDocument']), WITHIN)
  const home = weixin.requests.filter((request) => request.endsWith(`/households/${household.account_no}/home`))
  expect(home.length).toBeLessThanOrEqual(2)
})

test('in WeChat: who has paid his bill pays ahead for the next, once, and has it as his balance', async () => {
  const seen: Record<string, string>[] = []
  const weixin = phone(async (parameters) => {
    seen.push(parameters)
    await desk.call('POST', '/sandbox/api/wechatpay/pay', { client_parameters: parameters })
    return 'ok'
  })
  await bound(weixin)
  await sees(weixin, '应缴金额')
  expect(weixin.text()).not.toContain('预存热费')
  weixin.tap('去缴费')
  await sees(weixin, '确认支付')
  weixin.tap('确认支付')
  await sees(weixin, '缴费成功')
  weixin.tap('回首页')
  await sees(weixin, '热费已缴清')
  weixin.tap('预存热费')
  await sees(weixin, '预存多少')
  weixin.tap('确认支付')
  await sees(weixin, '请选一个金额')
  weixin.tap('1,000 元')
  weixin.tap('确认支付')
  await sees(weixin, '预存成功')
  expect(weixin.text()).not.toContain('电子发票')
  expect(signedByTheMerchant(seen[1] ?? {})).toBe(true)
  expect(weixin.requests.filter((request) => request === 'POST /api/prepayments')).toHaveLength(1)
  weixin.tap('回首页')
  await sees(weixin, '预存款余额')
  expect(weixin.text()).toContain('1,000.00')
})

test('in WeChat: a fault is reported with a photo and a place on the map, and taken back', async () => {
  const picture = join(ROOT, 'tests/vectors/photos/told.jpg')
  const place = { name: '幸福里小区', address: '天津市和平区南京路 1 号', longitude: 117.200983, latitude: 39.0841584 }
  const weixin = phone(() => Promise.resolve('fail'), { picture, place })
  await bound(weixin)
  await sees(weixin, '应缴金额')
  weixin.tap('报修')
  await sees(weixin, '我要报修')
  weixin.tap('我要报修')
  await sees(weixin, '故障类型')
  weixin.tap('不热')
  weixin.write('情况', '客厅暖气不热')
  weixin.tap('拍照或选照片')
  await sees(weixin, '去掉')
  weixin.tap('在地图上选')
  await sees(weixin, '已在地图上选好')
  weixin.tap('提交报修')
  await sees(weixin, '报修内容')
  expect(weixin.text()).toContain('天津市和平区南京路 1 号 幸福里小区')
  await vi.waitFor(() => expect(weixin.calls).toEqual(['login', 'chooseMedia', 'chooseLocation', 'uploadFile', 'downloadFile']), WITHIN)
  weixin.tap('取消报修')
  await sees(weixin, '取消这次报修吗')
  weixin.tap('取消报修')
  await sees(weixin, '已取消')
})

test('in WeChat: nothing personal goes out without consent, ours or the one WeChat itself asks for', async () => {
  const weixin = phone(() => Promise.resolve('fail'))
  await sees(weixin, '添加我家的户号')
  weixin.tap('添加我家的户号')
  await sees(weixin, '户主姓名')
  weixin.write('户号', '1000000001')
  weixin.write('户主姓名', '周博')
  weixin.write('后 4 位', '1234')
  weixin.tap('添加')
  await sees(weixin, '隐私保护提示')
  weixin.tap('不同意')
  await sees(weixin, '同意隐私保护指引后才能添加户号')
  expect(weixin.requests).not.toContain('POST /api/households')

  const refused = weixin.askForPrivacy()
  await sees(weixin, '隐私保护提示')
  weixin.tap('不同意')
  expect(await refused).toEqual({ event: 'disagree' })
  const agreed = weixin.askForPrivacy()
  await sees(weixin, '隐私保护提示')
  weixin.agree()
  expect(await agreed).toEqual({ event: 'agree', buttonId: 'privacy-agree' })
})

test('in WeChat: the word of the payment window proves nothing', async () => {
  const weixin = phone(() => Promise.resolve('ok'))
  await bound(weixin)
  await sees(weixin, '应缴金额')
  weixin.tap('去缴费')
  await sees(weixin, '确认支付')
  weixin.tap('确认支付')
  await sees(weixin, '正在确认付款结果')
  expect(weixin.text()).not.toContain('缴费成功')
  await vi.waitFor(() => expect(weixin.page.url).toContain('/pay/waiting'), { timeout: 60_000 })
  expect(weixin.text()).toContain('付款结果还在确认')
})

test('in WeChat: who closes the window may go on, or cancel', async () => {
  let how: 'ok' | 'cancel' = 'cancel'
  const weixin = phone(async (parameters) => {
    if (how === 'ok') await desk.call('POST', '/sandbox/api/wechatpay/pay', { client_parameters: parameters })
    return how
  })
  await bound(weixin)
  await sees(weixin, '应缴金额')
  weixin.tap('去缴费')
  await sees(weixin, '确认支付')
  weixin.tap('确认支付')
  await sees(weixin, '还没有付款')
  how = 'ok'
  weixin.tap('继续支付')
  await sees(weixin, '缴费成功')
})

test('in WeChat: without a network the page says so, and opens when it is back', async () => {
  const weixin = phone(() => Promise.resolve('fail'))
  await bound(weixin)
  await sees(weixin, '应缴金额')
  weixin.offline = true
  weixin.page.component.instance.onShow?.()
  await sees(weixin, '网络没有连上')
  expect(weixin.text()).toContain('应缴金额')
  weixin.offline = false
  weixin.page.component.instance.onShow?.()
  await vi.waitFor(() => expect(weixin.text()).not.toContain('网络没有连上'), WITHIN)
})
