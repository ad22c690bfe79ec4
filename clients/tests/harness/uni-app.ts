/** The page's life in a test: nothing happens by itself. */
const never = () => {}
export const onShow = never
export const onHide = never
export const onLoad = never
export const onUnload = never
export const onLaunch = never
export const onReachBottom = never
export const onPullDownRefresh = never
