import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Audit } from '../audit/audit.service.ts';
import type { Translator } from '../lib/i18n.ts';
import { typedValues } from '../lib/typed.ts';
import { actorOf, HOME } from '../organisers/visit.ts';
import type { DigestPlanner } from './digest.planner.ts';
import type { LetterPlanner } from './letter.planner.ts';
import type { LettersReader } from './letters-admin.view.ts';

const DELIVERIES = `${HOME}/deliveries`;

export type PlanDeps = {
  planner: DigestPlanner;
  letterPlanner: LetterPlanner;
  audit: Audit;
  translator: Translator;
};

/** Plans what is due, and says of each office why there is nothing. Planning twice plans once. */
export function registerPlan(
  scope: FastifyInstance,
  { planner, letterPlanner, audit, translator }: PlanDeps,
  readerOf: (request: FastifyRequest) => Promise<LettersReader>,
): void {
  scope.post('/deliveries/plan', async (request, reply) => {
    const { locale } = request.visit;
    const withPdf = typedValues(request.body).pdf === 'on';
    const { results, planned } = await audit.record(
      actorOf(request.visit),
      { act: 'letters plan', of: [] },
      async () => ({
        results: await planner.planDigests('hand', { withPdf }),
        planned: await letterPlanner.planLetters(),
      }),
    );
    const reader = await readerOf(request);
    const view = {
      rows: results.map(({ officeId, petitionId, result, deliveryId }) => ({
        office: reader.offices.get(officeId)?.name[locale] ?? officeId,
        petition: reader.petitions.get(petitionId)?.texts[locale].title ?? petitionId,
        result: translator.t(locale, `console.plan.${result}`),
        ...(deliveryId && { href: `${DELIVERIES}/${encodeURIComponent(deliveryId)}` }),
      })),
      letters: [...planned].map(([officeId, count]) =>
        translator.t(locale, 'console.plan.letters', {
          count,
          office: reader.offices.get(officeId)?.name[locale] ?? officeId,
        }),
      ),
    };
    return reply.show({ page: 'planned', title: translator.t(locale, 'console.plan.title'), view });
  });
}
