// Comfort only: every page works without it.

// A page that waits for the count looks again in place, so that a reader does not lose theirs.
async function lookAgain(waiting) {
  const seconds = Number(waiting.dataset.refreshSeconds);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const answer = await fetch(location.href, { cache: 'no-store' }).catch(() => null);
  if (!answer || answer.status >= 500) return lookAgain(waiting);
  if (!answer.ok) return undefined;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const next = page.querySelector('main section');
  if (!next) return undefined;
  if (next.dataset.refreshSeconds) return lookAgain(waiting);
  const from = waiting.querySelector('.place');
  const to = next.querySelector('.place');
  from.setAttribute('role', 'status');
  from.textContent = to.textContent;
  from.nextElementSibling.textContent = to.nextElementSibling.textContent;
  return undefined;
}

for (const waiting of document.querySelectorAll('[data-refresh-seconds]')) lookAgain(waiting);

for (const button of document.querySelectorAll('[data-copies]')) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).value);
    button.textContent = button.dataset.done;
  });
}
