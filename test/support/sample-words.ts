import { createByHandViews } from '../../src/by-hand/by-hand.view.ts';
import type { Translator } from '../../src/lib/i18n.ts';
import type { Locale } from '../../src/lib/locales.ts';
import type { Person, Signature } from '../../src/signatures/signature.ts';
import type { Starter } from '../../src/starter/load-starter.ts';
import { createMyWordsViews } from '../../src/words/my-words.view.ts';
import { findPersonalData } from '../../src/words/personal-data.ts';
import type { SamplePage } from './sample-pages.ts';
import { TEST_PUBLIC_URL } from './views.ts';

/** Of offices whose language is the page's own: to the others the words go in theirs. */
export function wordsPages(
  { catalog, offices: all, petitions }: Starter,
  translator: Translator,
  locale: Locale,
  given: { signature: Signature; person: Person },
): SamplePage[] {
  const [petition] = petitions;
  if (!petition) throw new Error('the starter has no petition');
  const offices = all
    .filter(({ language, _id }) => language === locale && petition.officeIds.includes(_id))
    .map((office, at) => ({
      ...office,
      channels: [
        ...office.channels,
        { kind: 'email', value: `letters${at}@office.example`, state: 'verified' } as const,
        { kind: 'form', value: 'https://office.example/form', state: 'unverified' } as const,
      ],
    }));
  const views = createMyWordsViews({ translator, catalog });
  const [office] = offices;
  if (!office) throw new Error(`no office in ${locale}`);
  const { signature, person } = given;
  const long = `${person.name}: ${person.words} Tel. 961 123 4567, calle Hidalgo #45.`;
  const findings = findPersonalData({ name: person.name, words: long });
  const mine = {
    petition,
    signature,
    person: { ...person, words: long },
    emailKey: '',
    offices,
    sent: [{ office, at: new Date('2026-11-20T12:00:00Z') }],
  };
  const personal = { code: 'personal', findings, isUnsure: true } as const;
  const byHand = createByHandViews({ translator, catalog, publicUrl: TEST_PUBLIC_URL });
  const hand = { petition, offices, said: new Map([[office._id, 3]]), locale };
  const of = (page: string, state: string, view: object) => ({ page, state, view });
  return [
    of('my-words', 'saved', views.myWordsView(mine, 'TOKEN', locale, { isSaved: true })),
    of(
      'my-words',
      'personal',
      views.myWordsView(mine, 'TOKEN', locale, { isSaved: false, refused: { words: long, fault: personal } }),
    ),
    of(
      'my-words',
      'too long',
      views.myWordsView(mine, 'TOKEN', locale, {
        isSaved: false,
        refused: { words: 'Abc.', fault: { code: 'tooLong' } },
      }),
    ),
    of('my-words-preview', 'whole', views.previewView(mine, 'TOKEN', locale)),
    of('my-words-preview', 'personal', views.previewView(mine, 'TOKEN', locale, { fault: personal })),
    of(
      'my-words-preview',
      'changed',
      views.previewView(mine, 'TOKEN', locale, { fault: { code: 'changed' } }),
    ),
    of('by-hand', 'whole', byHand.byHandView({ ...hand, thanked: office._id })),
    of('by-hand', 'closed', byHand.byHandView({ ...hand, isClosed: true })),
    of(
      'by-hand',
      'without addresses',
      byHand.byHandView({ ...hand, offices: [{ ...office, channels: [], isPostOnly: true }] }),
    ),
    of('by-hand-letter', 'whole', byHand.letterView(petition, office, locale)),
    of('by-hand-letter', 'bare', byHand.letterView(petition, { ...office, channels: [] }, locale)),
  ];
}
