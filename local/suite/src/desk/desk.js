'use strict';
// Everything shown is put in as text, never as markup.
const $ = (id) => document.getElementById(id);
const el = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'onclick') node.addEventListener('click', value);
    else if (value !== undefined && value !== null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
};
const yuan = (fen) => (fen / 100).toLocaleString('zh-CN', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const when = (text) => (text ? new Date(text).toLocaleString('zh-CN', { timeZone: 'Asia/Shanghai', hour12: false }) : '');

let toastTimer;
function toast(text) {
  $('toast').textContent = text;
  $('toast').classList.add('on');
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => $('toast').classList.remove('on'), 3500);
}

async function call(method, path, body) {
  const answer = await fetch('/sandbox/api' + path, {
    method,
    headers: body ? { 'content-type': 'application/json' } : {},
    body: body ? JSON.stringify(body) : undefined,
  });
  const json = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(json.detail || json.message || `出错了(${answer.status})`);
  return json;
}
const act = (method, path, body, done) => async () => {
  try {
    await call(method, path, body);
    toast(done);
    await refresh();
  } catch (error) {
    toast(error.message);
  }
};

function list(id, items, empty, draw) {
  const children = items.length ? items.map(draw) : [el('div', { class: 'empty' }, empty)];
  $(id).replaceChildren(...children);
}

const ORDER = { WAIT_BUYER_PAY: ['待付款', ''], TRADE_SUCCESS: ['已付款', 'good'], TRADE_FINISHED: ['已完结', 'good'], TRADE_CLOSED: ['已关闭', 'bad'], NOTPAY: ['待付款', ''], USERPAYING: ['处理中', ''], SUCCESS: ['已付款', 'good'], REFUND: ['已退款', 'good'], CLOSED: ['已关闭', 'bad'] };
const PAID = ['SUCCESS', 'TRADE_SUCCESS'];
function drawOrder(order) {
  const [text, tone] = ORDER[order.state] || [order.state, ''];
  const path = `/${order.party}/orders/${encodeURIComponent(order.out_trade_no)}`;
  const pay = (body, done) => act('POST', `${path}/pay`, body, done);
  const open = ['NOTPAY', 'WAIT_BUYER_PAY'].includes(order.state);
  return el('div', { class: 'item' },
    el('div', { class: 'main' }, order.description, ' ', el('span', { class: `tag ${tone}` }, text),
      el('small', {}, `${PARTY[order.party]} · ${order.out_trade_no} · ${order.trade_type} · ${when(order.created_at)}`)),
    el('span', { class: 'money' }, `¥${yuan(order.amount_fen)}`),
    open ? el('button', { class: 'pay', onclick: pay({}, '已付款,通知已发出') }, '付款') : null,
    open ? el('button', { onclick: pay({ wrong_by_fen: -100 }, '少付了 1 元') }, '少付 1 元') : null,
    PAID.includes(order.state) ? el('button', { onclick: act('POST', `${path}/notify`, {}, '通知已重发') }, '再发一次通知') : null);
}

function drawMessage(message) {
  return el('div', { class: 'item' },
    el('div', { class: 'main' }, el('span', { class: 'tag' }, message.kind === 'sms' ? '短信' : '订阅消息'), ' ', message.text,
      el('small', {}, `发给 ${message.to} · ${when(message.at)}`)));
}

function drawInvoice(invoice) {
  return el('div', { class: 'item' },
    el('div', { class: 'main' }, `${invoice.buyer} `, el('span', { class: `tag ${invoice.status === 'issued' ? 'good' : ''}` }, invoice.status_text),
      el('small', {}, `${invoice.number || invoice.order_no} · ${when(invoice.at)}`)),
    el('span', { class: 'money' }, `¥${yuan(invoice.amount_fen)}`),
    invoice.pdf_url ? el('a', { class: 'button', href: invoice.pdf_url, target: '_blank', rel: 'noopener' }, '打开 PDF') : null);
}

function drawHousehold(household) {
  return el('div', { class: 'item' },
    el('div', { class: 'main' }, `${household.holder} · ${household.address}`,
      el('small', {}, `户号 ${household.account_no} · 手机末四位 ${household.phone_last4 || '无'} · 手机 ${household.phone || '无'}`)),
    el('span', { class: 'money' }, `欠 ¥${yuan(household.due_fen)}`));
}

const ACCOUNTS = { receivable: '应收热费', heating_revenue: '热费收入', subsidy_receivable: '应收补贴', late_fee_income: '违约金收入', discount_given: '优惠', suspense: '待退款项', opening_balance: '期初', 'clearing:wechatpay': '微信支付在途', 'clearing:alipay': '支付宝在途', 'clearing:unionpay': '银联在途', 'clearing:cash': '柜台现金', 'clearing:pos': '柜台POS', 'clearing:cheque': '支票', 'clearing:transfer': '银行转账', channel_fee: '渠道手续费' };
function drawAudit(audit) {
  const rows = Object.entries(audit.balances).map(([account, fen]) =>
    el('tr', {}, el('td', {}, ACCOUNTS[account] || account), el('td', { class: 'n' }, yuan(fen))));
  const good = audit.differences.length === 0;
  $('audit').replaceChildren(
    el('table', {}, el('thead', {}, el('tr', {}, el('th', {}, '科目'), el('th', { class: 'n' }, '余额(元)'))), el('tbody', {}, ...rows)),
    el('p', {}, el('span', { class: `tag ${good ? 'good' : 'bad'}` }, good ? '分文不差' : `${audit.differences.length} 处不符`),
      ` 沙盒里各渠道实际持有 ¥${yuan(audit.provider_fen)},账上在途 ¥${yuan(audit.clearing_fen)}`),
    ...audit.differences.slice(0, 20).map((text) => el('p', { class: 'hint' }, text)));
}

const PARTY = { wechatpay: '微信支付', alipay: '支付宝', unionpay: '银联', weixin: '微信小程序', baiwang: '百望云', aliyun_sms: '阿里云短信' };
function drawSwitches(all) {
  $('switches').replaceChildren(...Object.entries(all).map(([party, choices]) =>
    el('div', {}, el('h3', {}, PARTY[party] || party),
      el('div', { class: 'row' }, ...choices.map((choice) =>
        el('button', { 'aria-pressed': String(choice.on), onclick: act('PUT', `/switches/${party}`, { name: choice.name, on: !choice.on }, choice.on ? '已恢复' : '已打开') }, choice.title))))));
}

function drawOverview(state, orders, messages) {
  const paid = orders.filter((order) => PAID.includes(order.state));
  const cards = [
    [state.run ? state.run.bills : 0, `${state.season} 账单`],
    [`¥${yuan(state.run ? state.run.amount_fen : 0)}`, '应收'],
    [paid.length, '笔已付款'],
    [messages.length, '条消息'],
    [state.queues.reduce((sum, queue) => sum + queue.dead, 0), '条死信'],
  ];
  $('overview').replaceChildren(...cards.map(([figure, text]) => el('div', { class: 'card' }, el('b', {}, String(figure)), el('span', {}, text))));
  $('now').textContent = when(state.now);
  $('ahead').textContent = state.ahead_seconds ? `比真实时间快 ${Math.round(state.ahead_seconds / 36) / 100} 小时` : '';
  const head = ['队列', '待处理', '延后', '处理中', '死信'];
  $('queues').replaceChildren(el('table', {},
    el('thead', {}, el('tr', {}, ...head.map((text, at) => el('th', { class: at ? 'n' : '' }, text)))),
    el('tbody', {}, ...state.queues.map((queue) => el('tr', {}, el('td', {}, queue.name),
      ...[queue.waiting, queue.delayed, queue.in_flight, queue.dead].map((n) => el('td', { class: 'n' }, String(n))))))));
}

let busy = false;
async function refresh() {
  if (busy || document.hidden) return;
  busy = true;
  try {
    const [state, wechatpay, alipay, unionpay, inbox, invoices, switches, audit, households] = await Promise.all([
      call('GET', '/state'), call('GET', '/wechatpay/orders'), call('GET', '/alipay/orders'), call('GET', '/unionpay/orders'), call('GET', '/inbox'), call('GET', '/invoices'),
      call('GET', '/switches'), call('GET', '/audit'), call('GET', '/households?owing=true&limit=5')]);
    const orders = Object.entries({ wechatpay, alipay, unionpay }).flatMap(([party, answer]) => answer.orders.map((order) => ({ ...order, party })))
      .sort((a, b) => b.created_at.localeCompare(a.created_at));
    drawOverview(state, orders, inbox.messages);
    list('orders', orders, '还没有订单。住户发起支付后出现在这里。', drawOrder);
    list('messages', inbox.messages.slice(0, 50), '还没有消息。', drawMessage);
    list('invoice-list', invoices.invoices, '还没有发票。', drawInvoice);
    list('households', households.households, '还没有住户。', drawHousehold);
    drawSwitches(switches.switches);
    drawAudit(audit);
  } catch (error) {
    toast(error.message);
  } finally {
    busy = false;
  }
}

for (const button of document.querySelectorAll('[data-clock]')) {
  button.addEventListener('click', act('POST', '/clock', { advance_seconds: Number(button.dataset.clock) }, '时钟已拨快'));
}
for (const button of document.querySelectorAll('[data-schedule]')) {
  button.addEventListener('click', act('POST', `/schedules/${button.dataset.schedule}`, {}, '已运行'));
}
refresh();
setInterval(refresh, 3000);
