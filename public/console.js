// Comfort only, but for passkeys, which browsers have for scripts alone: every page works without it.
const ways = {
  create: (options) =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  get: (options) =>
    navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
};
const canPasskey = 'PublicKeyCredential' in window && 'parseCreationOptionsFromJSON' in PublicKeyCredential;

for (const form of canPasskey ? document.querySelectorAll('form[data-passkey]') : []) {
  form.hidden = false;
  for (const none of document.querySelectorAll('[data-no-passkey]')) none.hidden = true;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const refused = form.querySelector('[data-refused]');
    refused.hidden = true;
    try {
      const credential = await ways[form.dataset.passkey](JSON.parse(form.dataset.options));
      form.elements.credential.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch {
      refused.hidden = false;
    }
  });
}

// What is shown looks again by itself, and lets alone what somebody reads with the keyboard or has opened.
async function lookAgain(shown) {
  await new Promise((resolve) => setTimeout(resolve, Number(shown.dataset.refreshSeconds) * 1000));
  if (document.hidden || shown.contains(document.activeElement)) return lookAgain(shown);
  const answer = await fetch(location.href, { cache: 'no-store', headers: { 'x-refresh': '1' } }).catch(
    () => null,
  );
  if (!answer || answer.status >= 500) return lookAgain(shown);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const next = page.querySelector('[data-refresh-seconds]');
  // Signed out meanwhile, or gone: what is here stays, with its time.
  if (!answer.ok || !next || shown.contains(document.activeElement))
    return next ? lookAgain(shown) : undefined;
  for (const { id } of shown.querySelectorAll('details[open][id]')) {
    const again = next.querySelector(`#${id}`);
    if (again) again.open = true;
  }
  shown.replaceWith(next);
  return lookAgain(next);
}

for (const shown of document.querySelectorAll('[data-refresh-seconds]')) lookAgain(shown);
