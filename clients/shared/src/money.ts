/** An amount in fen, as the server gives every amount. */
export type Fen = number

/** The one way an amount is written: `223800` is `2,238.00`, `-50` is `-0.50`. */
export function yuan(fen: Fen): string {
  if (!Number.isSafeInteger(fen)) throw new RangeError(`not an amount in fen: ${fen}`)
  const [sign, amount] = fen < 0 ? ['-', -fen] : ['', fen]
  const whole = String(Math.floor(amount / 100)).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${sign}${whole}.${String(amount % 100).padStart(2, '0')}`
}

/** An amount as a screen reader says it: `2238元`, `2238.50元`. */
export function spokenYuan(fen: Fen): string {
  return `${yuan(fen).replace(/,/g, '').replace(/\.00$/, '')}元`
}

/** The sum of amounts. */
export function sum(amounts: readonly Fen[]): Fen {
  return amounts.reduce((total, amount) => total + amount, 0)
}
