import type { Notices } from './notices'

export const canAskForNotices: Notices['canAskForNotices'] = true

/** 订阅消息: one acceptance is good for one message. */
export const ask: Notices['ask'] = (templateIds) =>
  new Promise((resolve) => {
    uni.requestSubscribeMessage({
      tmplIds: [...templateIds],
      success: (answer) => {
        const by = answer as unknown as Record<string, string>
        resolve(templateIds.filter((id) => by[id] === 'accept'))
      },
      fail: () => resolve([]),
    })
  })
