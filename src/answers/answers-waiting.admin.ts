import type { Localized } from '../lib/locales.ts';
import type { OfficeService } from '../offices/office.service.ts';
import type { WaitingSource } from '../organisers/today.admin.ts';
import type { AnswerService } from './answer.service.ts';
import { needsCorrection } from './answer.ts';
import { stateOf } from './answers-admin.view.ts';

const ROUTE = '/answers/:ref';

/** What Today says of answers: those that nobody has decided on, and what signers were told that is no longer so. */
export function answersWaiting({
  answers,
  offices,
}: {
  answers: Pick<AnswerService, 'listAnswers'>;
  offices: Pick<OfficeService, 'listOffices'>;
}): WaitingSource {
  return async () => {
    const [all, known] = await Promise.all([answers.listAnswers(), offices.listOffices()]);
    const names = new Map(known.map(({ _id, name }) => [_id, name]));
    const named = (officeId: string) => {
      const name: Localized<string> = names.get(officeId) ?? { en: officeId, es: officeId };
      return (locale: 'en' | 'es') => ({ office: name[locale] });
    };
    return all.flatMap((answer) => {
      const line = { values: named(answer.officeId), path: `/answers/${answer._id}`, route: ROUTE };
      if (stateOf(answer) === 'waiting') return [{ ...line, key: 'console.today.answer', since: answer.at }];
      return needsCorrection(answer)
        ? [{ ...line, key: 'console.today.correction', since: answer.published?.at ?? answer.at }]
        : [];
    });
  };
}
