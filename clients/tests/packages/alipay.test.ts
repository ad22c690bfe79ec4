import { expect, inject, test, vi } from 'vitest'
import { Alipay, type Hands } from '../harness/alipay'
import { Desk } from '../harness/desk'

const WITHIN = { timeout: 30_000 }
const desk = new Desk(inject('url'))
const sees = (alipay: Alipay, text: string) => vi.waitFor(() => expect(alipay.text()).toContain(text), WITHIN)

/** A person's phone; `pay` is what he does in the payment window. */
function phone(pay: Hands['pay'], kept: Record<string, unknown> = {}): Alipay {
  let openId: string | undefined
  const authCode = async () => {
    const minted = await desk.call<{ code: string; open_id: string }>('POST', '/sandbox/api/alipay/login-codes', { open_id: openId })
    openId = minted.open_id
    return minted.code
  }
  return new Alipay(desk.url, { authCode, pay }, kept)
}

/** Pays the trade, as the window does. */
async function paid(tradeNO: string): Promise<string> {
  await desk.call('POST', '/sandbox/api/alipay/pay', { client_parameters: { tradeNO } })
  return '9000'
}

async function bound(alipay: Alipay) {
  const household = await desk.owing()
  await sees(alipay, '添加我家的户号')
  alipay.tap('添加我家的户号')
  await sees(alipay, '户主姓名')
  alipay.write('户号', household.account_no)
  alipay.write('户主姓名', '不是他')
  alipay.write('后 4 位', household.phone_last4)
  alipay.tap('添加')
  await sees(alipay, '隐私保护提示')
  expect(alipay.requests).not.toContain('POST /api/households')
  alipay.tap('同意')
  await sees(alipay, '不一致')
  alipay.write('户主姓名', household.holder)
  alipay.tap('添加')
  await sees(alipay, '应缴金额')
  return household
}

test('in Alipay: signed in by its code, bind, bill, my.tradePay, settled, invoice', async () => {
  const trades: string[] = []
  const alipay = phone((tradeNO) => {
    trades.push(tradeNO)
    return paid(tradeNO)
  })
  const household = await bound(alipay)
  const yuan = (household.due_fen / 100).toLocaleString('en-US', { minimumFractionDigits: 2 })
  expect(alipay.text()).toContain(yuan)
  alipay.tap('去缴费')
  await sees(alipay, '确认支付')
  expect(alipay.text()).toContain('由支付宝收款')
  expect(alipay.text()).not.toContain('付款方式')
  expect(alipay.text()).not.toContain('微信')
  alipay.tap('确认支付')
  await sees(alipay, '缴费成功')
  expect(trades).toHaveLength(1)
  expect(trades[0]).toMatch(/^\d{16,64}$/)
  alipay.tap('查看电子发票和凭证')
  await sees(alipay, '已开具')
  expect(alipay.calls).toEqual(['getAuthCode auth_base', 'tradePay'])
  expect(alipay.requests.filter((request) => request === 'POST /api/session/alipay')).toHaveLength(1)
})

test('in Alipay: who has paid his bill pays an amount of his own ahead, without an invoice', async () => {
  const alipay = phone(paid)
  await bound(alipay)
  alipay.tap('去缴费')
  await sees(alipay, '确认支付')
  alipay.tap('确认支付')
  await sees(alipay, '缴费成功')
  alipay.tap('回首页')
  await sees(alipay, '热费已缴清')
  alipay.tap('预存热费')
  await sees(alipay, '预存多少')
  alipay.tap('其他金额')
  await sees(alipay, '金额(元)')
  alipay.write('金额', '88.8')
  await sees(alipay, '88.80')
  alipay.tap('确认支付')
  await sees(alipay, '预存成功')
  alipay.tap('查看预存凭证')
  await sees(alipay, '预存款不开发票')
  expect(() => alipay.tap('开电子发票')).toThrow()
})

test('in Alipay: who closes the window may go on', async () => {
  let closes = true
  const alipay = phone((tradeNO) => (closes ? Promise.resolve('6001') : paid(tradeNO)))
  await bound(alipay)
  alipay.tap('去缴费')
  await sees(alipay, '确认支付')
  alipay.tap('确认支付')
  await sees(alipay, '还没有付款')
  closes = false
  alipay.tap('继续支付')
  await sees(alipay, '缴费成功')
})

test('in Alipay: the word of the payment window proves nothing', async () => {
  const alipay = phone(() => Promise.resolve('9000'))
  await bound(alipay)
  alipay.tap('去缴费')
  await sees(alipay, '确认支付')
  alipay.tap('确认支付')
  await sees(alipay, '正在确认付款结果')
  expect(alipay.text()).not.toContain('缴费成功')
  await vi.waitFor(() => expect(alipay.page.url).toContain('/pay/waiting'), { timeout: 60_000 })
  expect(alipay.text()).toContain('付款结果还在确认')
})

test('in Alipay: what was begun in another place is not offered to be paid here', async () => {
  const household = await desk.owing()
  const person = await desk.person(household)
  const home = await person.api<{ bills: { bill_no: string; status: string }[] }>('GET', `/api/households/${household.account_no}/home`)
  const bill_nos = home.bills.filter(({ status }) => status === 'issued').map(({ bill_no }) => bill_no)
  const body = { account_no: household.account_no, bill_nos, channel: 'unionpay', scene: 'h5' }
  await person.api('POST', '/api/payments', body, { 'Idempotency-Key': `elsewhere-${household.account_no}` })
  const alipay = phone(paid, { 'heatpay.session': person.kept() })
  await sees(alipay, '继续上一笔缴费')
  alipay.tap('继续上一笔缴费')
  await sees(alipay, '这笔缴费是在别处发起的')
  expect(alipay.text()).not.toContain('继续支付')
  expect(alipay.text()).toContain('取消这笔缴费')
})

test('in Alipay: every page stands, and every template of the package can be read', async () => {
  const household = await desk.owing()
  const person = await desk.person(household)
  const pages: Record<string, string> = {
    'pages/bills/index': '笔待缴',
    'pages/mine/index': '缴费记录',
    'pay/prepay': '还有账单没有缴',
    'records/payments': '还没有缴费记录',
    'records/invoices': '还没有',
    'records/refunds': '没有退款',
    'account/sign-in': '获取验证码',
    'account/households': '解绑',
    'account/settings': '退出登录',
    'account/privacy': '您的权利',
    'account/data': '注销账号',
  }
  const alipay = phone(paid, { 'heatpay.session': person.kept(), 'heatpay.privacy': '2026-11-01' })
  await sees(alipay, '应缴金额')
  for (const [path, says] of Object.entries(pages)) {
    alipay.open(`/${path}`)
    await sees(alipay, says)
  }
  const home = await person.api<{ bills: { bill_no: string }[] }>('GET', `/api/households/${household.account_no}/home`)
  alipay.open(`/records/bill?no=${home.bills[0]?.bill_no}`)
  await sees(alipay, '热费怎么算出来的')
  expect(alipay.unreadable()).toEqual([])
})
