import { problemOf } from './problem'
import type { paths } from './schema'

/** What goes out. */
export interface Outgoing {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  readonly headers: Record<string, string>
  readonly body?: unknown
}

/** What came back; `body` is parsed JSON, or whatever it was. */
export interface Incoming {
  readonly status: number
  readonly body: unknown
}

/** Carries a request: `uni.request` in the mini-program, `fetch` elsewhere. Throws `NoAnswer` where none came. */
export type Transport = (request: Outgoing) => Promise<Incoming>

type Method = 'get' | 'post' | 'put' | 'delete'
type Operation<P extends keyof paths, M extends Method> = Exclude<paths[P][M & keyof paths[P]], undefined>
type PathsWith<M extends Method> = { [P in keyof paths]: Operation<P, M> extends { responses: unknown } ? P : never }[keyof paths]

type Parameters<O, Place extends string> = O extends { parameters: infer All }
  ? Place extends keyof All
    ? Exclude<All[Place], undefined>
    : never
  : never
type Body<O> = O extends { requestBody: { content: { 'application/json': infer B } } } ? B : never
type Json<R> = R extends { content: { 'application/json': infer B } } ? B : undefined
type Success<O> = O extends { responses: infer R } ? Json<R[Extract<keyof R, 200 | 201 | 202 | 204>]> : never

type Field<Name extends string, T> = [T] extends [never]
  ? Record<never, never>
  : Record<never, never> extends T
    ? { readonly [K in Name]?: T }
    : { readonly [K in Name]: T }

/** What an operation must be given: its path's names, its query, its headers, its body. */
export type Given<O> = Field<'path', Parameters<O, 'path'>> &
  Field<'query', Parameters<O, 'query'>> &
  Field<'headers', Parameters<O, 'header'>> &
  Field<'body', Body<O>>

type Arguments<O> = Record<never, never> extends Given<O> ? [given?: Given<O>] : [given: Given<O>]

interface Loose {
  path?: Record<string, string>
  query?: Record<string, string | number | undefined>
  headers?: Record<string, string>
  body?: unknown
}

/** The address of an operation: its template filled, its query appended. */
export function address(template: string, given: Pick<Loose, 'path' | 'query'>): string {
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(given.path?.[name] ?? ''))
  const query = Object.entries(given.query ?? {})
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
  return query.length > 0 ? `${path}?${query.join('&')}` : path
}

/** The HTTP API, typed by its OpenAPI description. Every call gives the answer's body or throws `Problem` or `NoAnswer`. */
export class Client {
  constructor(
    private readonly transport: Transport,
    private readonly base = '',
  ) {}

  get<P extends PathsWith<'get'>>(path: P, ...given: Arguments<Operation<P, 'get'>>): Promise<Success<Operation<P, 'get'>>> {
    return this.call('GET', path, given[0]) as Promise<Success<Operation<P, 'get'>>>
  }

  post<P extends PathsWith<'post'>>(path: P, ...given: Arguments<Operation<P, 'post'>>): Promise<Success<Operation<P, 'post'>>> {
    return this.call('POST', path, given[0]) as Promise<Success<Operation<P, 'post'>>>
  }

  put<P extends PathsWith<'put'>>(path: P, ...given: Arguments<Operation<P, 'put'>>): Promise<Success<Operation<P, 'put'>>> {
    return this.call('PUT', path, given[0]) as Promise<Success<Operation<P, 'put'>>>
  }

  delete<P extends PathsWith<'delete'>>(
    path: P,
    ...given: Arguments<Operation<P, 'delete'>>
  ): Promise<Success<Operation<P, 'delete'>>> {
    return this.call('DELETE', path, given[0]) as Promise<Success<Operation<P, 'delete'>>>
  }

  private async call(method: Outgoing['method'], template: string, given: Loose = {}): Promise<unknown> {
    const headers: Record<string, string> = { accept: 'application/json', ...given.headers }
    if (given.body !== undefined) headers['content-type'] = 'application/json'
    const url = this.base + address(template, given)
    const answer = await this.transport({ method, url, headers, ...(given.body === undefined ? {} : { body: given.body }) })
    if (answer.status >= 200 && answer.status < 300) return answer.status === 204 ? undefined : answer.body
    throw problemOf(answer.status, answer.body)
  }
}
