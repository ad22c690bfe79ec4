/** A day of the server's, `2026-12-31`, as it is read: `2026年12月31日`. */
export function day(date: string): string {
  const [year, month, dayOfMonth] = date.slice(0, 10).split('-').map(Number)
  return `${year}年${month}月${dayOfMonth}日`
}

/** The same without its year. */
export function shortDay(date: string): string {
  return day(date).replace(/^\d+年/, '')
}

const CHINA_AHEAD_MS = 8 * 60 * 60 * 1000

/** A moment of the server's (UTC) as a clock in China shows it: `2026-11-25 09:30`. */
export function moment(instant: string): string {
  return new Date(Date.parse(instant) + CHINA_AHEAD_MS).toISOString().slice(0, 16).replace('T', ' ')
}

/** A season as it is read: `2026-2027采暖季`. */
export function seasonName(season: string): string {
  return `${season}采暖季`
}
