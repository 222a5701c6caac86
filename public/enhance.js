// Comfort only: every page works without it.

// The press that confirms is answered with the page itself. From here on it is at its own address: to load it again, or
// to come back to it, sends nothing anew.
const pressed = document.querySelector('[data-own-path]');
if (pressed) history.replaceState(null, '', pressed.dataset.ownPath);

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

// Only script can copy: the button is made where there is some.
for (const copy of document.querySelectorAll('[data-copy]')) {
  if (!navigator.clipboard) continue;
  const source = copy.querySelector('[data-copied]');
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'quiet';
  button.dataset.copies = '';
  button.textContent = copy.dataset.copy;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    button.textContent = copy.dataset.done;
  });
  copy.append(button);
}

// The system's own share sheet, where there is one: Firefox and WebKitGTK have none.
for (const share of document.querySelectorAll('[data-share]')) {
  if (!navigator.share) continue;
  const { share: label, shareTitle: title, shareText: text, shareUrl: url } = share.dataset;
  const item = document.createElement('li');
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'quiet';
  button.textContent = label;
  // Whoever closes the sheet has changed their mind: that is no error.
  button.addEventListener('click', () => navigator.share({ title, text, url }).catch(() => undefined));
  item.append(button);
  share.after(item);
}

// The language switch of a form that came back takes along what has been typed since.
for (const carry of document.querySelectorAll('form.carry')) {
  const form = document.querySelector('form.details');
  if (!form) continue;
  carry.addEventListener('formdata', ({ formData }) => {
    for (const name of [...formData.keys()]) if (name !== 'do') formData.delete(name);
    for (const [name, value] of new FormData(form)) if (name !== 'do') formData.append(name, value);
  });
}
