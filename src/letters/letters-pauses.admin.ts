import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Audit } from '../audit/audit.service.ts';
import type { DecisionService } from '../deliveries/decision.service.ts';
import type { Scope } from '../deliveries/pause.ts';
import { AppError } from '../lib/errors.ts';
import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { ACCESS, mayDo } from '../organisers/access.ts';
import { defineAct } from '../organisers/act.form.ts';
import { registerActs } from '../organisers/act.page.ts';
import { HOME, meOf } from '../organisers/visit.ts';
import { type LettersReader, scopesOf } from './letters-admin.view.ts';

type Still = { _id: string; name: string; isPaused: boolean };
const PATH = '/deliveries/pauses/:ref';
const Reason = z.object({ reason: z.string().trim().min(1).max(300, 'tooLong') });
const act = defineAct<Still>();

/** Everything, or what goes to an office or for a petition, stands still until somebody says that it goes on. */
export function registerPauses(
  scope: FastifyInstance,
  deps: { decisions: DecisionService; audit: Audit; translator: Translator },
  /** what there is, in the language of who asks */
  listScopes: (locale: Locale) => Promise<readonly Still[]>,
): void {
  const { decisions, audit, translator } = deps;

  registerActs<Still>(scope, {
    path: PATH,
    groups: {},
    audit,
    translator,
    refOf: ({ _id }) => _id,
    nameOf: ({ name }) => name,
    async find(ref, locale) {
      const found = (await listScopes(locale)).find(({ _id }) => _id === ref);
      if (!found) throw new AppError('PAGE_NOT_FOUND');
      return found;
    },
    acts: {
      pause: act({
        act: 'letters pause',
        key: 'console.letters.pause',
        can: ({ isPaused }) => !isPaused,
        fields: () => [{ name: 'reason', type: 'text', key: 'whyHere' }],
        schema: Reason,
        why: ({ reason }) => reason,
        run: ({ _id }, { reason }, actor) => decisions.pause(actor, scopeOf(_id), reason),
      }),
      resume: act({
        act: 'letters resume',
        key: 'console.letters.resume',
        can: ({ isPaused }) => isPaused,
        fields: () => [],
        schema: z.object({}),
        run: ({ _id }, _, actor) => decisions.resume(actor, scopeOf(_id)),
      }),
    },
  });

  // Back from a form: what stands still is on the page of all that goes out.
  scope.get(PATH, async (_, reply) => reply.redirect(`${HOME}/deliveries#pauses`, 303));
}

/** `all`, `office:<id>` or `petition:<slug>`, as `scopeId` writes it. */
function scopeOf(id: string): Scope {
  const [kind, name = ''] = id.split(':');
  if (kind === 'office') return { officeId: name };
  return kind === 'petition' ? { petitionId: name } : {};
}

/** What stands still, and links to what can be stopped or can go on. */
export function pauseLinks(reader: LettersReader, { visit }: FastifyRequest) {
  const access = ACCESS[`POST ${PATH}/:act`];
  const mayAct = access !== undefined && mayDo(meOf(visit).role, access);
  return scopesOf(reader)
    .filter(({ _id, isPaused }) => isPaused || !_id.startsWith('office:'))
    .map((one) => ({
      ...one,
      ...(mayAct && {
        href: `${HOME}/deliveries/pauses/${encodeURIComponent(one._id)}/${one.isPaused ? 'resume' : 'pause'}`,
      }),
    }));
}
