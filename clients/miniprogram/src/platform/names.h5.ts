/** The tab bar's pictures say nothing beside their words; an input is named as the element around it. */
function name(): void {
  for (const picture of document.querySelectorAll('uni-tabbar img:not([alt])')) picture.setAttribute('alt', '')
  for (const tab of document.querySelectorAll('.uni-tabbar__item:not([role])')) {
    tab.setAttribute('role', 'link')
    tab.setAttribute('tabindex', '0')
    tab.addEventListener('keydown', (event: Event) => {
      if ((event as KeyboardEvent).key === 'Enter') (tab as HTMLElement).click()
    })
  }
  for (const input of document.querySelectorAll('[aria-label] :is(input, textarea):not([aria-label])')) {
    input.setAttribute('aria-label', input.closest('[aria-label]')?.getAttribute('aria-label') ?? '')
  }
}

export function nameElements(): void {
  new MutationObserver(name).observe(document.body, { childList: true, subtree: true })
  name()
}
