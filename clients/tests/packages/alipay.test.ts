import { expect, inject, test, vi } from 'vitest'
import { Alipay } from '../harness/alipay'
import { Desk } from '../harness/desk'

const WITHIN = { timeout: 30_000 }
const desk = new Desk(inject('url'))
const sees = (alipay: Alipay, text: string) => vi.waitFor(() => expect(alipay.text()).toContain(text), WITHIN)

test('in Alipay: sign in by SMS code, bind, bill with how it was computed; paying is not offered before its channel is there', async () => {
  const household = await desk.owing()
  const phone = desk.newPhone()
  const alipay = new Alipay(desk.url)
  await sees(alipay, '手机号登录')
  alipay.tap('手机号登录')
  await sees(alipay, '获取验证码')
  alipay.tap('登录')
  await sees(alipay, '请填写 11 位手机号')
  expect(alipay.requests).toEqual([])
  alipay.write('手机号', phone)
  alipay.tap('我已阅读并同意隐私保护指引')
  alipay.tap('获取验证码')
  await sees(alipay, '秒后可再发')
  alipay.write('短信验证码', await desk.codeFor(phone))
  alipay.tap('登录')
  await sees(alipay, '添加我家的户号')
  alipay.write('户号', household.account_no)
  alipay.write('户主姓名', '不是他')
  alipay.write('后 4 位', household.phone_last4)
  alipay.tap('添加')
  await sees(alipay, '不一致')
  alipay.write('户主姓名', household.holder)
  alipay.tap('添加')
  await sees(alipay, '应缴金额')
  const yuan = (household.due_fen / 100).toLocaleString('en-US', { minimumFractionDigits: 2 })
  expect(alipay.text()).toContain(yuan)
  expect(alipay.text()).toContain('这里暂时不能付款')
  expect(alipay.text()).not.toContain('去缴费')
  alipay.tap(/\d{4}-\d{4}采暖季/.exec(alipay.text())?.[0] ?? '')
  await sees(alipay, '热费怎么算出来的')
  expect(alipay.text()).toContain('这里暂时不能付款')
  expect(alipay.text()).not.toContain('缴这一笔')
})

test('in Alipay: every page stands, and every template of the package can be read', async () => {
  const household = await desk.owing()
  const person = await desk.person(household)
  const pages: Record<string, string> = {
    'pages/bills/index': '笔待缴',
    'pages/mine/index': '缴费记录',
    'records/payments': '还没有缴费记录',
    'records/invoices': '还没有',
    'records/refunds': '没有退款',
    'account/households': '解绑',
    'account/settings': '退出登录',
    'account/privacy': '您的权利',
    'account/data': '注销账号',
  }
  const alipay = new Alipay(desk.url, { 'heatpay.session': person.kept(), 'heatpay.privacy': '2026-11-01' })
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
