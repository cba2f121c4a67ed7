'use strict';

// The lobby opens index.html#player=<player>&play=<absolute play URL>&session=<session token>.
// A fragment never leaves the browser, so the token stays out of every access log.
const launch = new URLSearchParams(window.location.hash.slice(1));
const version = '__VERSION__';
let balance = 0;

function show(message) {
  document.getElementById('balance').textContent = String(balance);
  document.getElementById('message').textContent = message;
}

async function play(action, fields) {
  const response = await fetch(`${launch.get('play')}${action}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-croupier-session': launch.get('session') },
    body: JSON.stringify({
      player: launch.get('player'),
      idempotencyKey: window.crypto.randomUUID(),
      ...fields,
    }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail);
  balance = answer.balance;
  return answer;
}

function onClick(id, work) {
  document.getElementById(id).addEventListener('click', () => {
    work().then(show, (error) => show(error.message));
  });
}

onClick('deposit', async () => {
  await play('deposit', { amount: 1000 });
  return 'Good luck';
});
onClick('spin', async () => {
  const { win } = await play('spin', { stake: 100 });
  return win > 0 ? `You won ${win}` : 'No win';
});
onClick('withdraw', async () => {
  await play('withdrawal', { amount: balance });
  return 'Paid out';
});
show(`Version ${version}`);
