/** The body of every answer that is not a success (`application/problem+json`). */
export interface ProblemBody {
  readonly type?: string
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly about?: string | null
  readonly request_id?: string | null
}

/** The server refused: `code` is what to branch on, `message` is the sentence for the person. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly about: string | null
  readonly requestId: string | null

  constructor(body: ProblemBody) {
    super(body.detail)
    this.name = 'Problem'
    this.status = body.status
    this.code = body.code
    this.about = body.about ?? null
    this.requestId = body.request_id ?? null
  }
}

/** Whether the request was carried out is not known: no network, a time-out, an answer cut off on the way. */
export class NoAnswer extends Error {
  readonly why: 'offline' | 'timeout'

  constructor(why: 'offline' | 'timeout') {
    super(why === 'offline' ? '网络没有连上,请检查网络后再试。' : '网络较慢,没有等到回答,请稍后再试。')
    this.name = 'NoAnswer'
    this.why = why
  }
}

/** The problem an answer stands for; a body that is none (a proxy's page) becomes a plain sentence. */
export function problemOf(status: number, body: unknown): Problem {
  if (typeof body === 'object' && body !== null && 'code' in body && 'detail' in body) {
    return new Problem(body as ProblemBody)
  }
  return new Problem({ status, code: 'unreadable_answer', detail: '服务暂时不可用,请稍后再试。' })
}
