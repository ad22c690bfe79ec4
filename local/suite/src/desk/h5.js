// The payer's page: what was opened is this page's own address without what the merchant appended.
const $ = (id) => document.getElementById(id);
const address = new URL(location.href);
const redirect = address.searchParams.get('redirect_url');
const opened = location.href.split('&redirect_url=')[0];
const STATES = { SUCCESS: '这笔订单已支付', REFUND: '这笔订单已退款', CLOSED: '这笔订单已关闭,不能支付' };

async function call(path, body) {
  const init = body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await fetch(`/sandbox/api/wechatpay/opened${path}`, init);
  const value = await answer.json();
  if (!answer.ok) throw new Error(value.detail);
  return value;
}

/** Back to the merchant, and to nothing but a page. */
function leave() {
  const to = redirect && new URL(redirect, location.href);
  if (to && ['http:', 'https:'].includes(to.protocol)) location.replace(to);
  else history.back();
}

function show(order) {
  const whole = Math.floor(order.amount_fen / 100);
  $('description').textContent = order.description;
  $('amount').textContent = `¥${whole}.${String(order.amount_fen % 100).padStart(2, '0')}`;
  $('state').textContent = STATES[order.state] ?? '';
  $('pay').hidden = order.state !== 'NOTPAY';
  $('leave').hidden = false;
  $('leave').textContent = order.state === 'NOTPAY' ? '取消' : '返回';
}

function trouble(error) {
  $('state').textContent = error.message;
  $('leave').hidden = false;
}

$('leave').addEventListener('click', leave);
$('pay').addEventListener('click', () => {
  $('pay').disabled = true;
  call('', { url: opened }).then(leave, trouble);
});
call(`?url=${encodeURIComponent(opened)}`).then(show, trouble);
