import { createAnswerViews } from '../../src/answers/answer.view.ts';
import type { Campaign } from '../../src/campaign/campaign.ts';
import { privacySections } from '../../src/campaign/privacy.view.ts';
import type { Translator } from '../../src/lib/i18n.ts';
import type { Locale } from '../../src/lib/locales.ts';
import { splitLinks } from '../../src/mail/mailbox.routes.ts';
import { createOfficeCalendar } from '../../src/offices/calendar.ts';
import { checkMessageView } from '../../src/offices-page/check-message.view.ts';
import type { PublicRecord, Sent } from '../../src/offices-page/offices-page.service.ts';
import { createRecordViews } from '../../src/offices-page/offices-page.view.ts';
import { packsOf } from '../../src/packs/pack.ts';
import { packsView } from '../../src/packs/pack.view.ts';
import { correctionViews } from '../../src/petitions/correction.view.ts';
import { homeView, petitionCard, petitionView } from '../../src/petitions/petition.view.ts';
import { createFormView } from '../../src/signatures/form.view.ts';
import { providerOf } from '../../src/signatures/mail-provider.ts';
import type { Signature } from '../../src/signatures/signature.ts';
import { createSignatureViews, lostLinkView } from '../../src/signatures/signature.view.ts';
import { createSignedViews } from '../../src/signatures/signed.view.ts';
import type { Starter } from '../../src/starter/load-starter.ts';
import { errorView } from '../../src/web/error.view.ts';
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
  region: 'unknown',
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
    { page: 'corrections', state: 'whole', view: { corrections: correctionViews(starter.catalog, locale) } },
    { page: 'error', state: '404', view: errorView(translator, 'PAGE_NOT_FOUND', 404, locale) },
    { page: 'error', state: '410', view: errorView(translator, 'LINK_EXPIRED', 410, locale, 'a') },
    ...recordPages(starter, locale, translator),
    ...answerPages(starter, locale, translator),
    ...mailboxPages(),
  ];
}

function petitionPages(starter: Starter, locale: Locale, translator: Translator): SamplePage[] {
  const { catalog, offices, petitions } = starter;
  const petition = firstOf(starter);
  const base = { petition, catalog, offices, count: 12_483, locale, zone: 'America/Mexico_City', now: NOW };
  const closed = { ...petition, closesAt: new Date('2026-11-01T00:00:00Z') };
  const upcoming = { ...petition, opensAt: new Date('2027-01-01T06:00:00Z') };
  const formOf = createFormView(translator);
  const form = (more: object = {}) =>
    formOf({ locale, action: '/sign', submit: translator.t(locale, 'form.sign'), isFirst: true, ...more });
  const open = petitionView({ ...base, published });
  const news = {
    updates: [
      {
        id: 'update-a',
        title: 'The court has ruled',
        on: 'November 24, 2026',
        at: '2026-11-24T12:00:00.000Z',
        paragraphs: [
          { pieces: [{ text: 'Read ' }, { text: 'https://x.example', href: 'https://x.example' }] },
        ],
      },
    ],
  };
  return [
    {
      page: 'home',
      state: 'open',
      view: homeView(
        [...petitions, closed, upcoming].map((one, n) =>
          petitionCard(one, n, { locale, zone: 'America/Mexico_City', now: NOW }),
        ),
      ),
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
    { page: 'petition', state: 'upcoming', view: petitionView({ ...base, petition: upcoming }) },
    {
      page: 'petition',
      state: 'with updates',
      view: { ...open, form: form(), news: { ...news, allPath: '/a' } },
    },
    { page: 'updates', state: 'some', view: { petitionTitle: 'P', petitionPath: '/p', ...news } },
    { page: 'updates', state: 'none', view: { petitionTitle: 'P', petitionPath: '/p', updates: [] } },
    { page: 'check-your-email', state: 'whole', view: {} },
    {
      page: 'check-your-email',
      state: 'provider',
      view: { at: 'gmail.com', provider: providerOf('gmail.com'), correctPath: '/a#sign' },
    },
    { page: 'check-your-email', state: 'domain', view: { at: 'home.example' } },
    { page: 'lost-link', state: 'whole', view: lostLinkView(petition, translator, locale) },
    {
      page: 'lost-link',
      state: 'refused',
      view: lostLinkView(petition, translator, locale, {
        values: { email: 'ana@' },
        errors: { email: 'invalid' },
      }),
    },
    { page: 'lost-link-asked', state: 'whole', view: { petitionTitle: 'A', againPath: '/x' } },
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
  });
  const { signedView } = createSignedViews({ translator, publicUrl: TEST_PUBLIC_URL });
  const open = starter.petitions.filter((one) => one !== petition);
  const others = { open, signed: [] };
  const thanks = { petition, count: 12_483, locale, alsoAction: '/en/signed/TOKEN/also', others: open };
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
  const refused = { values: { ...typed, name: '' }, errors: { name: 'required', region: 'unknown' } };
  const { name, words: own } = person;
  const form = {
    name,
    words: own,
    country: 'MX',
    region: 'MX-OAX',
    showName: true,
    shareWords: true,
    updates: false,
  };
  const changed = { values: {}, errors: {}, form, isUnlikeShown: true };
  const confirm = (state: string, view: object) => ({ page: 'confirm', state, view });
  return [
    ...words,
    confirm('confirm', views.confirmView({ ...shown, step: 'confirm' }, 'TOKEN', locale)),
    confirm('changed', views.confirmView({ ...shown, step: 'confirm' }, 'TOKEN', locale, changed)),
    confirm('refused', views.confirmView({ ...shown, step: 'confirm' }, 'TOKEN', locale, refused)),
    confirm('renew', views.confirmView({ ...shown, person: nobody, step: 'renew' }, 'TOKEN', locale)),
    confirm('done', views.confirmView({ ...shown, step: 'done' }, 'TOKEN', locale)),
    { page: 'signed', state: 'counted', view: signedView({ ...thanks, signature: counted }) },
    { page: 'signed', state: 'closed', view: signedView({ ...thanks, signature: counted, isClosed: true }) },
    { page: 'signed', state: 'counting', view: signedView({ ...thanks, signature }) },
    {
      page: 'signed',
      state: 'also',
      view: signedView({ ...thanks, others: [], signature: { ...counted, signedWith: 'another' } }),
    },
    {
      page: 'my-signature',
      state: 'saved',
      view: views.mySignatureView({ petition, signature: counted, person }, 'TOKEN', locale, {
        isSaved: true,
        others: { open: [], signed: open.map((one) => ({ petition: one, manageToken: 'MANAGE' })) },
        zone: 'America/Mexico_City',
      }),
    },
    {
      page: 'my-signature',
      state: 'refused',
      view: views.mySignatureView({ petition, signature, person }, 'TOKEN', locale, {
        isSaved: false,
        others,
        zone: 'America/Mexico_City',
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

const SENT: Sent = {
  _id: 'no-more-unsafe-returns:us-dhs-secretary:digest:1',
  petitionId: 'no-more-unsafe-returns',
  officeId: 'us-dhs-secretary',
  kind: 'digest',
  n: 1,
  from: 0,
  to: 41,
  state: 'sent',
  endedAt: NOW,
  people: 12_483,
};

function recordPages(starter: Starter, locale: Locale, translator: Translator): SamplePage[] {
  const { catalog, offices, petitions } = starter;
  const petition = firstOf(starter);
  const [office, , other] = offices;
  if (!office || !other) throw new Error('the starter has too few offices');
  const views = createRecordViews({
    translator,
    catalog,
    calendar: createOfficeCalendar(starter.holidays),
  });
  const answer = {
    petitionId: petition._id,
    officeId: office._id,
    via: 'link' as const,
    statements: [],
    published: {
      at: NOW,
      by: 'Lucía',
      locale: locale === 'en' ? ('es' as const) : ('en' as const),
      text: 'Abc.\nDef.',
      statements: [{ demandId: 'D1', status: 'refused' as const, reason: 'Ghi.' }],
    },
  };
  const full: PublicRecord = {
    sent: [SENT, { ...SENT, state: 'failed' }, { ...SENT, state: 'unknown' }],
    firstSent: new Map([[`${petition._id}:${office._id}`, NOW]]),
    answers: [
      { ...answer, _id: 'b', at: NOW },
      { ...answer, _id: 'a', at: new Date('2026-10-01T00:00:00Z') },
    ],
  };
  const silent: PublicRecord = { sent: [SENT], firstSent: full.firstSent, answers: [] };
  const nothing: PublicRecord = { sent: [], firstSent: new Map(), answers: [] };
  const input = (record: PublicRecord) => ({ offices, petitions, record, locale, now: NOW });
  const found = { sent: SENT, petition, office, siteName: 'Safe Passage' };
  const ask = (state: string, checked?: Parameters<typeof checkMessageView>[2]) => ({
    page: 'check-message',
    state,
    view: checkMessageView(translator, locale, checked),
  });
  return [
    { page: 'offices', state: 'full', view: { offices: views.officeCards(input(full)) } },
    { page: 'offices', state: 'empty', view: { offices: [] } },
    { page: 'office', state: 'answered', view: views.officeView(office, input(full)) },
    { page: 'office', state: 'silent', view: views.officeView(office, input(silent)) },
    { page: 'office', state: 'nothing', view: views.officeView(other, input(nothing)) },
    { page: 'demands', state: 'full', view: views.demandsView(petition, input(full)) },
    { page: 'demands', state: 'nothing', view: views.demandsView(petition, input(nothing)) },
    ask('empty'),
    ask('unreadable', { typed: 'abc', isReadable: false }),
    ask('not ours', { typed: 'a@b', isReadable: true }),
    ask('ours', { typed: 'a@b', isReadable: true, found }),
  ];
}

function answerPages(starter: Starter, locale: Locale, translator: Translator): SamplePage[] {
  const petition = firstOf(starter);
  const [office] = starter.offices;
  if (!office) throw new Error('the starter has no office');
  const views = createAnswerViews({ translator });
  const demands = [...starter.catalog.demands.values()].slice(0, 2);
  const visit = { petition, office, delivery: SENT, people: 12_483, demands };
  const refused = {
    status: 422 as const,
    typed: { 'status-D1': 'refused', 'reason-D2': 'Abc.', text: 'Def.', pace: 'stop', address: 'Ghi' },
    errors: {
      'status-D2': 'required',
      'reason-D1': 'required',
      text: 'tooLong',
      address: 'tooLong',
      pace: 'unknown',
    },
  };
  const done = {
    statements: [
      { demandId: 'D1', status: 'refused' as const },
      { demandId: 'D2', status: 'done' as const },
    ],
    reasons: [{ demandId: 'D1', text: 'Abc.' }],
    text: 'Def.',
    pace: 'stop' as const,
    proposedAddress: 'Ghi',
  };
  return [
    { page: 'answer', state: 'empty', view: views.answerPage(visit, 'TOKEN', locale) },
    { page: 'answer', state: 'refused', view: views.answerPage(visit, 'TOKEN', locale, refused) },
    {
      page: 'answer',
      state: 'too many',
      view: views.answerPage(visit, 'TOKEN', locale, { typed: {}, errors: { form: 'tooMany' }, status: 429 }),
    },
    { page: 'answer-done', state: 'all', view: views.answerDone(visit, done, 'TOKEN', locale) },
    {
      page: 'answer-done',
      state: 'text only',
      view: views.answerDone(visit, { statements: [], reasons: [], text: 'Def.' }, 'TOKEN', locale),
    },
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
