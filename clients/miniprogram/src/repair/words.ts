import { type components, moment } from '@heatpay/shared'
import type { Step } from '@/components/steps'

export type Repair = components['schemas']['RepairReply']
export type Category = Repair['category']
type Kind = 'plain' | 'good' | 'bad' | 'blue' | 'orange'

/** What kind of fault. */
export const CATEGORY: Readonly<Record<Category, string>> = {
  not_warm: '不热',
  leak: '漏水',
  valve: '阀门',
  meter: '计量表',
  pipe: '管道',
  other: '其他',
}

export const CATEGORIES = Object.entries(CATEGORY).map(([value, name]) => ({ value, name }))

/** How a repair stands, in a word. */
export const STANDING: Readonly<Record<Repair['status'], { readonly kind: Kind; readonly text: string }>> = {
  submitted: { kind: 'blue', text: '已提交' },
  assigned: { kind: 'blue', text: '已派单' },
  working: { kind: 'orange', text: '维修中' },
  done: { kind: 'good', text: '已修好' },
  rated: { kind: 'good', text: '已评价' },
  cancelled: { kind: 'plain', text: '已取消' },
}

/** The best first, as a person reads them. */
export const STARS = [
  { value: '5', name: '很满意' },
  { value: '4', name: '满意' },
  { value: '3', name: '一般' },
  { value: '2', name: '不满意' },
  { value: '1', name: '很不满意' },
] as const

export function starsName(stars: number): string {
  return STARS.find((one) => one.value === String(stars))?.name ?? ''
}

const STEP: Readonly<Record<Repair['status'], string>> = {
  submitted: '已提交',
  assigned: '已派给维修人员',
  working: '正在维修',
  done: '已修好',
  rated: '已评价',
  cancelled: '已取消',
}

/** The states every repair goes through. */
const WAY: readonly Repair['status'][] = ['submitted', 'assigned', 'working', 'done']

/** The way of a repair: what is behind it and what is still to come. */
export function repairSteps(repair: Pick<Repair, 'status' | 'progress'>): readonly Step[] {
  const behind = repair.progress.map(({ status, at }): Step => ({ text: STEP[status], standing: 'done', at }))
  if (repair.status === 'cancelled') return behind
  const reached = repair.progress.map(({ status }) => status)
  const ahead = WAY.filter((status) => !reached.includes(status)).map((status): Step => ({ text: STEP[status], standing: 'ahead' }))
  return [...behind, ...ahead]
}

/** Somebody may still come. */
export function underWay({ status }: Pick<Repair, 'status'>): boolean {
  return status === 'submitted' || status === 'assigned' || status === 'working'
}

/** So much of what was written tells one report from another. */
const SHOWN = 8

/** The day of a report and how its words begin. */
export function noteOf(repair: Pick<Repair, 'reported_at' | 'text'>): string {
  const words = [...repair.text.replace(/\s+/g, ' ')]
  const begin = words.slice(0, SHOWN).join('') + (words.length > SHOWN ? '…' : '')
  return `${moment(repair.reported_at).slice(0, 10)} · ${begin}`
}
