// Comfort only: the form works without it. The server asks correctedDomain too, so that both offer the same.

// Where most people have their mail, and the endings under which each name takes it. Other countries' endings are left
// alone: of two letters, nobody can tell a slip.
const ENDINGS = {
  gmail: 'com',
  googlemail: 'com',
  hotmail: 'com es com.ar com.br co.uk fr',
  outlook: 'com es com.ar com.br',
  yahoo: 'com com.mx es com.ar com.br co.uk fr',
  icloud: 'com',
  protonmail: 'com',
  rocketmail: 'com',
  ymail: 'com',
  live: 'com com.mx com.ar',
  msn: 'com',
  aol: 'com',
  prodigy: 'net.mx net',
  comcast: 'net com',
  verizon: 'net com',
  sbcglobal: 'net',
  bellsouth: 'net',
};
// Nobody but their one owner has these names: whatever follows the dot is a slip.
const ONE_ENDING = ['gmail', 'icloud'];
// Real ones, or names that somebody may well have chosen, one letter beside a large one.
const REAL = 'mail gail email cloud ecloud ucloud ocloud jcloud kcloud tmail vmail bmail proton'.split(' ');
const BESIDE = {
  ...{
    q: 'wa',
    w: 'qesa',
    e: 'wrds',
    r: 'etfd',
    t: 'rygf',
    y: 'tuhg',
    u: 'yijh',
    i: 'uokjl',
    o: 'ipl0k',
    p: 'ol',
  },
  ...{
    a: 'qwsz',
    s: 'awedxz',
    d: 'serfcx',
    f: 'drtgvc',
    g: 'ftyhbv',
    h: 'gyujnb',
    j: 'huikmn',
    k: 'jiolm',
    l: 'kopi1',
  },
  ...{ z: 'asx', x: 'zsdc', c: 'xdfv', v: 'cfgb', b: 'vghn', n: 'bhjm', m: 'njk' },
};
const VOWELS = 'aeiouy';

/** What it costs to have typed one letter for another: keys side by side, or vowels by ear. */
function swapCost(a, b) {
  if (a === b) return 0;
  return BESIDE[b]?.includes(a) || BESIDE[a]?.includes(b) || (VOWELS.includes(a) && VOWELS.includes(b))
    ? 1
    : 2;
}

/** How far what was typed is from what was meant: left out, doubled, exchanged with its neighbour, or another letter. */
function slips(typed, meant) {
  const rows = [[...Array(meant.length + 1).keys()]];
  for (let i = 1; i <= typed.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= meant.length; j += 1) {
      const [a, b] = [typed[i - 1], meant[j - 1]];
      const isByTheWay = 'ea'.includes(a) || swapCost(a, typed[i - 2]) < 2 || swapCost(a, typed[i]) < 2;
      const extra = isByTheWay ? 1 : 2;
      row[j] = Math.min(rows[i - 1][j] + extra, row[j - 1] + 1, rows[i - 1][j - 1] + swapCost(a, b));
      if (i > 1 && j > 1 && a === meant[j - 2] && typed[i - 2] === b)
        row[j] = Math.min(row[j], rows[i - 2][j - 2] + 1);
    }
    rows.push(row);
  }
  return rows[typed.length][meant.length];
}

/** What was typed itself, or the one name so near to it that nothing else is likelier. */
function meantName(typed) {
  if (ENDINGS[typed]) return typed;
  const reach = (name) => (name.length < 5 ? 0 : ['hotmail', 'outlook'].includes(name) ? 2 : 1);
  const near = Object.keys(ENDINGS)
    // A letter more or less costs one: by its length alone, most are out of reach.
    .filter((name) => Math.abs(name.length - typed.length) <= reach(name))
    .map((name) => ({ name, cost: slips(typed, name) }))
    .filter(({ name, cost }) => cost <= reach(name))
    .sort((a, b) => a.cost - b.cost);
  return REAL.includes(typed) ? undefined : near[0]?.name;
}

function meantEnding(name, typed, isNameRight) {
  const endings = ENDINGS[name].split(' ');
  if (endings.includes(typed)) return typed;
  // Two letters are a country, unless they are three of which one was left out.
  const isShort = typed.length < 3 && (name.length < 5 || !['co', 'cm', 'om'].includes(typed));
  const slipped = endings.find((ending) => ending.length > 2 && !isShort && slips(typed, ending) <= 1);
  return slipped ?? (isNameRight && ONE_ENDING.includes(name) && typed.length < 7 ? 'com' : undefined);
}

/**
 * The domain that was meant, where the one that was typed is a slip of a large provider's; else undefined.
 * @param {string} domain
 * @returns {string | undefined}
 */
export function correctedDomain(domain) {
  const typed = domain
    .toLowerCase()
    .replace(/[,;:\s.]+/g, '.')
    .replace(/^\.|\.$/g, '');
  if (typed.length > 40) return undefined;
  const [first = '', ...rest] = typed.split('.');
  const bare =
    rest.length > 0 ? undefined : Object.keys(ENDINGS).find((name) => [name, `${name}com`].includes(typed));
  if (bare) return `${bare}.${ENDINGS[bare].split(' ')[0]}`;
  const name = meantName(first);
  const ending = name && rest.length > 0 && meantEnding(name, rest.join('.'), name === first);
  const meant = ending ? `${name}.${ending}` : undefined;
  return meant === domain.toLowerCase() ? undefined : meant;
}

/** The list of states follows the country. Taken out and not hidden: with the keys, WebKit chooses what it hides. */
function followCountry(form) {
  const { country, region } = form.elements;
  if (!country || !region) return;
  const [none, ...groups] = [...region.children];
  const follow = () => {
    const chosen = region.value;
    const inside = groups.filter(({ dataset }) => dataset.country === country.value);
    region.replaceChildren(none, ...(country.value === '' ? groups : inside));
    region.value = inside.some((group) => group.querySelector(`[value="${chosen}"]`)) ? chosen : '';
    region.closest('.field').hidden = country.value !== '' && inside.length === 0;
  };
  country.addEventListener('change', follow);
  // Also when the browser brings back what was chosen before.
  addEventListener('pageshow', follow);
}

/** On leaving the field, what the server would ask after the button. */
function askAboutDomain(form) {
  const { email } = form.elements;
  const place = form.querySelector('[data-did-you-mean]');
  if (!email || !place) return;
  const choice = (value, text) => {
    const box = document.createElement('div');
    box.className = 'box';
    const input = Object.assign(document.createElement('input'), {
      type: 'radio',
      name: 'use',
      id: `use-${value}`,
      value,
    });
    const label = Object.assign(document.createElement('label'), { htmlFor: input.id, textContent: text });
    box.append(input, ' ', label);
    return box;
  };
  const ask = () => {
    const typed = email.value.trim();
    const at = typed.lastIndexOf('@');
    const meant = at > 0 ? correctedDomain(typed.slice(at + 1)) : undefined;
    if (!meant) return place.replaceChildren();
    const { didYouMean, asTyped } = place.dataset;
    const either = document.createElement('fieldset');
    either.className = 'either';
    const legend = document.createElement('legend');
    legend.textContent = didYouMean.replace('{domain}', meant);
    either.append(
      legend,
      choice('corrected', `${typed.slice(0, at)}@${meant}`),
      choice('typed', asTyped.replace('{address}', typed)),
      Object.assign(document.createElement('input'), { type: 'hidden', name: 'asTyped', value: email.value }),
    );
    either.querySelector('input').checked = true;
    place.replaceChildren(either);
    return undefined;
  };
  email.addEventListener('input', () => place.replaceChildren());
  // Not at once: who left the field by a click on another must not have that one moved away below the finger.
  email.addEventListener('change', () => setTimeout(ask, 350));
}

for (const form of globalThis.document?.querySelectorAll('form.details') ?? []) {
  followCountry(form);
  askAboutDomain(form);
}
