import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Audit } from '../audit/audit.service.ts';
import { parseEmailAddress } from '../lib/email-address.ts';
import { isAppError } from '../lib/errors.ts';
import { type FieldErrors, readForm } from '../lib/form-faults.ts';
import { typedValues } from '../lib/typed.ts';
import { ACCESS, mayDo } from '../organisers/access.ts';
import { type ConsoleFormView, consoleForm } from '../organisers/console-form.view.ts';
import { actorOf, meOf } from '../organisers/visit.ts';
import { parseSignatureId, type Signature } from '../signatures/signature.ts';
import { createReaderOf, type DeskDeps } from './desk.admin.ts';
import { EraseForm, GraveActForm, LightActForm } from './desk.schema.ts';
import { namesOf } from './desk.service.ts';
import { actsOn, type DeskAct, GRAVE_ACTS, LIGHT_ACTS } from './desk.ts';
import { detailRows, foundView, SIGNATURES } from './desk.view.ts';
import type { Erasure } from './erasure.service.ts';

type Ref = { Params: { ref: string } };
type Did = 'act' | 'remove' | 'erase';
type Refused = { did: Did; errors: FieldErrors } | { problem: string; status: number };

/** One signature: what is known of it, and what can be done. */
export function registerSignature(
  scope: FastifyInstance,
  deps: DeskDeps & {
    desk: { act(...given: [ReturnType<typeof actorOf>, string, DeskAct, string]): Promise<void> };
    erasure: Erasure;
    emailKeyOf(canonicalAddress: string): string;
    audit: Audit;
  },
): void {
  const { desk, erasure, emailKeyOf, audit, translator } = deps;
  const readerOf = createReaderOf(deps);

  async function show(request: FastifyRequest<Ref>, reply: FastifyReply, refused?: Refused) {
    const reader = await readerOf(request);
    const { locale } = reader;
    const { one, others } = await desk.read(actorOf(request.visit), request.params.ref);
    const done = (request.query as { done?: unknown }).done;
    const isDone = typeof done === 'string' && translator.has(locale, `console.desk.done.${done}`);
    const view = {
      rows: detailRows(translator, reader, one),
      others: others.map((other) => foundView(translator, reader, other)),
      forms: formsFor(request, one.handle, one.signature, refused),
      ...(isDone && { done: translator.t(locale, `console.desk.done.${done}`) }),
      ...(refused && 'problem' in refused && { problem: translator.t(locale, refused.problem) }),
      findHref: SIGNATURES,
    };
    const status = refused && ('problem' in refused ? refused.status : 422);
    const title = translator.t(locale, 'console.desk.one.title');
    return reply.show({ page: 'signature', title, view, ...(status && { status }) });
  }

  /** Those that this role may send, for what can be done now. */
  function formsFor(
    { visit, body }: FastifyRequest,
    handle: string,
    signature: Signature,
    refused: Refused | undefined,
  ): { title: string; form: ConsoleFormView }[] {
    const { locale } = visit;
    const acts = actsOn(signature);
    const may = (route: Did) => mayDo(meOf(visit).role, ACCESS[`POST /signatures/:ref/${route}`] ?? NOBODY);
    const sent = (did: Did) =>
      refused && 'did' in refused && refused.did === did
        ? { errors: refused.errors, values: typedValues(body) }
        : {};
    const options = (of: readonly DeskAct[]) =>
      of
        .filter((act) => acts.includes(act))
        .map((value) => ({
          value: value as string,
          label: translator.t(locale, `console.desk.act.${value}`),
          hint: translator.t(locale, `console.desk.act.${value}.hint`),
          isChosen: false,
        }));
    const form = (did: Did, name: 'act' | 'removal', why: string, of: readonly DeskAct[]) =>
      !may(did) || options(of).length === 0
        ? []
        : [
            {
              title: translator.t(locale, `console.desk.${did}.title`),
              form: consoleForm(translator, locale, {
                action: `${SIGNATURES}/${handle}/${did}`,
                submit: `console.desk.${did}.submit`,
                fields: [
                  { name, key: 'deskAct', type: 'choice', options: options(of) },
                  { name: why, key: 'deskWhy', type: 'text' },
                ],
                isGrave: did === 'remove',
                ...sent(did),
              }),
            },
          ];
    const erase = consoleForm(translator, locale, {
      action: `${SIGNATURES}/${handle}/erase`,
      submit: 'console.desk.erase.submit',
      fields: [
        { name: 'typedAddress', type: 'text' },
        { name: 'whyErase', key: 'deskWhy', type: 'text' },
      ],
      isGrave: true,
      ...sent('erase'),
    });
    return [
      ...form('act', 'act', 'why', LIGHT_ACTS),
      ...form('remove', 'removal', 'whyRemoval', GRAVE_ACTS),
      ...(may('erase') && signature.sealed
        ? [{ title: translator.t(locale, 'console.desk.erase.title'), form: erase }]
        : []),
    ];
  }

  scope.get<Ref>('/signatures/:ref', async (request, reply) => show(request, reply));

  async function act(request: FastifyRequest<Ref>, reply: FastifyReply, what: DeskAct, why: string) {
    const { ref } = request.params;
    try {
      await desk.act(actorOf(request.visit), ref, what, why);
      return reply.redirect(`${SIGNATURES}/${ref}?done=${what}`, 303);
    } catch (error) {
      if (isAppError(error, 'SIGNATURE_STATE_CONFLICT'))
        return show(request, reply, { problem: 'console.desk.changed', status: 409 });
      if (isAppError(error, 'MAIL_ON_ITS_WAY'))
        return show(request, reply, { problem: 'console.desk.onItsWay', status: 409 });
      throw error;
    }
  }

  scope.post<Ref>('/signatures/:ref/act', async (request, reply) => {
    const form = readForm(LightActForm, request.body);
    if (!form.ok) return show(request, reply, { did: 'act', errors: form.errors });
    return act(request, reply, form.value.act, form.value.why);
  });

  scope.post<Ref>('/signatures/:ref/remove', async (request, reply) => {
    const form = readForm(GraveActForm, request.body);
    if (!form.ok) return show(request, reply, { did: 'remove', errors: form.errors });
    return act(request, reply, form.value.removal, form.value.whyRemoval);
  });

  scope.post<Ref>('/signatures/:ref/erase', async (request, reply) => {
    const signature = await desk.getSignature(request.params.ref);
    const form = readForm(EraseForm, request.body);
    if (!form.ok) return show(request, reply, { did: 'erase', errors: form.errors });
    const { emailKey } = parseSignatureId(signature._id);
    const { typedAddress, whyErase } = form.value;
    const given = parseEmailAddress(typedAddress);
    if (!given || emailKeyOf(given.canonical) !== emailKey)
      return show(request, reply, { did: 'erase', errors: { typedAddress: 'mismatch' } });
    const held = await erasure.look(emailKey);
    const of = [...namesOf(signature), `${held.petitionIds.length} signatures`, `${held.mails} mails`];
    await audit.record(actorOf(request.visit), { act: 'privacy erase', of, why: whyErase }, async () => {
      await erasure.eraseSignatures(held);
      await erasure.eraseMail(held);
    });
    return reply.redirect(`${SIGNATURES}?done=erased`, 303);
  });
}

const NOBODY = { to: [], what: 'own' } as const;
