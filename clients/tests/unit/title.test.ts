import { HOUSEHOLD_TITLE, type TitleDraft, faults, keepTitle, lastTitle, shown, titleOf } from '@/billing/title'
import { describe, expect, test } from 'vitest'

const person: TitleDraft = { whose: 'person', name: ' 张三 ', taxNo: '', email: '' }
const company: TitleDraft = { whose: 'company', name: '天津示例商贸有限公司', taxNo: '91120000123456789X', email: 'a@b.cn' }

describe('the title of an invoice', () => {
  test('of the household needs nothing typed', () => {
    expect(faults(HOUSEHOLD_TITLE)).toEqual({})
    expect(titleOf(HOUSEHOLD_TITLE)).toEqual({})
    expect(shown(HOUSEHOLD_TITLE, '林*晨')).toBe('户主 林*晨')
  })

  test('is sent as it was meant', () => {
    expect(titleOf(person)).toEqual({ name: '张三' })
    expect(titleOf(company)).toEqual({ name: company.name, tax_no: company.taxNo, email: 'a@b.cn' })
  })

  test('a tax number left over from a company does not go out with a person', () => {
    expect(titleOf({ ...company, whose: 'person' })).toEqual({ name: company.name, email: 'a@b.cn' })
  })

  test.each<[Partial<TitleDraft>, string[]]>([
    [{ name: ' ' }, ['name']],
    [{ name: '<b>张三</b>' }, ['name']],
    [{ name: '长'.repeat(101) }, ['name']],
    [{ taxNo: '123' }, ['taxNo']],
    [{ taxNo: '91120000123456789x' }, ['taxNo']],
    [{ email: 'zhangsan' }, ['email']],
    [{ email: 'a@b' }, ['email']],
    [{ name: '', taxNo: '', email: '@' }, ['name', 'taxNo', 'email']],
  ])('with %j is wrong in %j', (part, fields) => expect(Object.keys(faults({ ...company, ...part }))).toEqual(fields))

  test('is kept for the next time, a household each', () => {
    keepTitle('1000000001', company)
    expect(lastTitle('1000000001')).toEqual(company)
    expect(lastTitle('1000000002')).toEqual(HOUSEHOLD_TITLE)
  })
})
