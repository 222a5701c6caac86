import type { Campaign } from '../../src/campaign/campaign.ts';
import type { Translator } from '../../src/lib/i18n.ts';
import type { Locale } from '../../src/lib/locales.ts';
import { splitLinks } from '../../src/mail/mailbox.routes.ts';
import { packsOf } from '../../src/packs/pack.ts';
import { packsView } from '../../src/packs/pack.view.ts';
import { petitionCard, petitionView } from '../../src/petitions/petition.view.ts';
import { createFormView } from '../../src/signatures/form.view.ts';
import type { Signature } from '../../src/signatures/signature.ts';
import { createSignatureViews } from '../../src/signatures/signature.view.ts';
import type { Starter } from '../../src/starter/load-starter.ts';
import { errorView } from '../../src/web/error.view.ts';
import { privacySections } from '../../src/web/privacy.view.ts';
import { wordsPages } from './sample-words.ts';
import { TEST_PUBLIC_URL } from './views.ts';

export type SamplePage = { page: string; state: string; view: object };

const NOW = new Date('2026-11-24T12:00:00Z');
const published = {
  day: '2026-11-23',
  total: 600,
  country: { cells: { MX: 300, US: 200 }, other: 100 },
  region: { cells: { 'MX-CHP': 120 }, other: 480 },
  locale: { cells: {}, other: 600 },
};
const typed = {
  name: '=Ana',
  email: 'ana@home',
  country: 'US',
  region: 'MX-CHP',
  words: 'Una hermana.',
  updates: 'on',
};
const faults = {
  name: 'unreadable',
  email: 'invalid',
  country: 'unknown',
  region: 'mismatch',
  words: 'tooLong',
  over16: 'required',
};

/** Every page in each state that a visitor can meet, made by the view functions that the routes use. */
export function samplePages(
  starter: Starter,
  translator: Translator,
  locale: Locale,
  campaign: Campaign,
): SamplePage[] {
  return [
    ...petitionPages(starter, locale, translator),
    ...signaturePages(starter, locale, translator),
    {
      page: 'privacy',
      state: 'whole',
      view: { sections: privacySections(translator, campaign, locale), privacyEmail: campaign.privacyEmail },
    },
    { page: 'error', state: '404', view: errorView(translator, 'PAGE_NOT_FOUND', 404, locale) },
    { page: 'error', state: '410', view: errorView(translator, 'LINK_EXPIRED', 410, locale, 'a') },
    ...mailboxPages(),
  ];
}

function petitionPages(starter: Starter, locale: Locale, translator: Translator): SamplePage[] {
  const { catalog, offices, petitions } = starter;
  const petition = firstOf(starter);
  const base = { petition, catalog, offices, count: 12_483, locale, now: NOW };
  const closed = { ...petition, closesAt: new Date('2026-11-01T00:00:00Z') };
  const formOf = createFormView(translator);
  const form = (more: object = {}) =>
    formOf({ locale, action: '/sign', submit: translator.t(locale, 'form.sign'), isFirst: true, ...more });
  const open = petitionView({ ...base, published });
  return [
    {
      page: 'home',
      state: 'open',
      view: { petitions: petitions.map((one, n) => petitionCard(one, n, locale)) },
    },
    { page: 'home', state: 'empty', view: { petitions: [] } },
    { page: 'petition', state: 'open', view: { ...open, form: form() } },
    {
      page: 'petition',
      state: 'refused',
      view: { ...open, form: form({ values: typed, errors: faults }) },
    },
    {
      page: 'petition',
      state: 'unavailable',
      view: { ...open, form: form({ values: typed, problem: 'unavailable' }) },
    },
    { page: 'petition', state: 'closed', view: petitionView({ ...base, petition: closed }) },
    { page: 'check-your-email', state: 'whole', view: {} },
    ...packPages(starter, locale, translator),
  ];
}

function packPages(starter: Starter, locale: Locale, translator: Translator): SamplePage[] {
  const petition = firstOf(starter);
  const packs = packsOf(petition, starter.offices, starter.catalog);
  const recorded = { petitionId: petition._id, recordedBy: 'Z', recordedAt: NOW };
  const handedIn = [
    { ...recorded, _id: '1', officeId: 'mx-inm', on: '2026-11-01', folio: 'F-1' },
    {
      ...recorded,
      _id: '2',
      officeId: 'mx-inm',
      on: '2026-10-01',
      folio: 'F-2',
      answered: { on: '2026-10-31', recordedBy: 'Z', recordedAt: NOW },
    },
  ];
  const base = { petition, translator, locale, now: NOW };
  return [
    { page: 'packs', state: 'handed in', view: packsView({ ...base, packs, handedIn }) },
    { page: 'packs', state: 'none', view: packsView({ ...base, packs: [], handedIn: [] }) },
  ];
}

function signaturePages(starter: Starter, locale: Locale, translator: Translator): SamplePage[] {
  const petition = firstOf(starter);
  const views = createSignatureViews({
    translator,
    formView: createFormView(translator),
    notMeToken: () => 'NOTME',
    publicUrl: TEST_PUBLIC_URL,
  });
  const person = { name: 'Ana Rosa', email: 'ana@home.example', words: 'Mi prima cruzó sola.' };
  const nobody = { name: '', email: person.email };
  const signature: Signature = {
    _id: `${petition._id}:key`,
    petitionId: petition._id,
    ref: 'ref',
    state: 'confirmed',
    held: false,
    consent: { showName: false, shareWords: true, updates: true },
    country: 'MX',
    region: 'MX-CHP',
    source: 'direct',
    locale,
    linkVersion: 0,
    createdAt: NOW,
    confirmedAt: NOW,
  };
  const counted: Signature = {
    ...signature,
    wordsState: 'waiting',
    counted: { seq: 1, on: true, place: 1_234 },
  };
  const shown = { petition, signature, person };
  const words = wordsPages(starter, translator, locale, { signature: counted, person });
  const refused = { values: { ...typed, name: '' }, errors: { name: 'required', region: 'mismatch' } };
  const confirm = (state: string, view: object) => ({ page: 'confirm', state, view });
  return [
    ...words,
    confirm('confirm', views.confirmView({ ...shown, step: 'confirm' }, 'TOKEN', locale)),
    confirm('refused', views.confirmView({ ...shown, step: 'confirm' }, 'TOKEN', locale, refused)),
    confirm('renew', views.confirmView({ ...shown, person: nobody, step: 'renew' }, 'TOKEN', locale)),
    confirm('done', views.confirmView({ ...shown, step: 'done' }, 'TOKEN', locale)),
    { page: 'signed', state: 'counted', view: views.signedView(petition, counted, 12_483, locale) },
    { page: 'signed', state: 'counting', view: views.signedView(petition, signature, 1, locale) },
    {
      page: 'my-signature',
      state: 'saved',
      view: views.mySignatureView({ petition, signature: counted, person }, 'TOKEN', locale, {
        isSaved: true,
      }),
    },
    {
      page: 'my-signature',
      state: 'refused',
      view: views.mySignatureView({ petition, signature, person }, 'TOKEN', locale, {
        isSaved: false,
        refused,
      }),
    },
    ...(['withdraw', 'notMe', 'unsubscribe'] as const).map((state) => ({
      page: 'ask',
      state,
      view: views.askView(state, petition, '/act', locale, state === 'unsubscribe' ? undefined : '/back'),
    })),
    ...(['withdrawn', 'notMe.done', 'unsubscribe.done'] as const).map((state) => ({
      page: 'told',
      state,
      view: views.toldView(state, locale),
    })),
  ];
}

function mailboxPages(): SamplePage[] {
  const mail = { id: '1', date: NOW, to: 'ana@home.example', subject: 'S-1' };
  const whole = {
    ...mail,
    from: 'paso@petition.example',
    headers: [{ name: 'X-One', value: '1' }],
    parts: splitLinks('Abc\nhttps://petition.example/x\n'),
    source: 'X-One: 1',
    htmlUrl: '/mailbox/1/html',
  };
  return [
    { page: 'mailbox', state: 'some', view: { messages: [mail] } },
    { page: 'mailbox', state: 'empty', view: { messages: [] } },
    { page: 'mailbox-message', state: 'whole', view: whole },
  ];
}

function firstOf({ petitions: [first] }: Starter) {
  if (!first) throw new Error('the starter has no petition');
  return first;
}
