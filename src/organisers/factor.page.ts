import type { FastifyRequest } from 'fastify';
import type { Translator } from '../lib/i18n.ts';
import { typedValues } from '../lib/typed.ts';
import type { ConsolePage } from './console.plugin.ts';
import { consoleForm, passkeyView } from './console-form.view.ts';
import { hasSecondFactor } from './organiser.ts';
import type { Organisers } from './organisers.room.ts';
import { qrPath } from './qr-code.ts';
import { spacedSecret, totpUri } from './totp.ts';
import { HOME, meOf } from './visit.ts';

/** Where the forms of these pages are sent to. */
type Paths = { app: string; passkey: string };

/** The pages that set up a second factor: an app or a passkey, then the recovery codes. */
export function createFactorPages(deps: {
  organisers: Organisers;
  translator: Translator;
  siteName: string;
}) {
  const { organisers, translator, siteName } = deps;
  const { secondFactor, passkeys } = organisers;
  const code = {
    name: 'code',
    type: 'text',
    inputmode: 'numeric',
    autocomplete: 'one-time-code',
    key: 'appCode',
  } as const;

  async function choose(request: FastifyRequest, paths: Paths, problem?: string): Promise<ConsolePage> {
    const { visit, body } = request;
    const me = meOf(visit);
    const { locale } = visit;
    const { secret, ticket } = secondFactor.offerSecret(me, typedValues(body).ticket);
    const form = consoleForm(translator, locale, {
      action: paths.app,
      submit: 'console.factor.app.submit',
      fields: [code],
      hidden: { ticket },
      ...(problem && { problem }),
    });
    const ceremony = await passkeys.askToRegister(me, me.profile.email);
    const passkey = passkeyView(translator, locale, ceremony, {
      action: paths.passkey,
      does: 'create',
      label: 'console.passkey.create',
    });
    return {
      page: 'factor',
      title: translator.t(locale, 'console.factor.title'),
      view: {
        qr: qrPath(totpUri(secret, siteName, me.profile.email)),
        secret: spacedSecret(secret),
        form,
        passkey,
        hasOne: hasSecondFactor(me),
        ...(me.state === 'joining' && hasSecondFactor(me) && { codesPath: `${HOME}/join/codes` }),
      },
      ...(problem && { status: 422 }),
    };
  }

  function codes(request: FastifyRequest, action: string, problem?: string): ConsolePage {
    const { visit, body } = request;
    const { locale } = visit;
    const offered = secondFactor.offerCodes(meOf(visit), typedValues(body).ticket);
    const form = consoleForm(translator, locale, {
      action,
      submit: 'console.codes.submit',
      fields: [{ name: 'code', type: 'text', key: 'codeBack' }],
      hidden: { ticket: offered.ticket },
      ...(problem && { problem }),
    });
    return {
      page: 'codes',
      title: translator.t(locale, 'console.codes.title'),
      view: { codes: offered.codes, form },
      ...(problem && { status: 422 }),
    };
  }

  return { choose, codes };
}
