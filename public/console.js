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
