import type { FieldErrors } from '../lib/form-faults.ts';
import { formatDateTime } from '../lib/format.ts';
import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import type { TypedValues } from '../lib/typed.ts';
import { consoleForm } from './console-form.view.ts';
import { NEW_PASSWORD_FIELD } from './fields.ts';
import { hasSecondFactor, NOTICE_CHOICES } from './organiser.ts';
import type { Session } from './session.ts';
import { HOME, type Me } from './visit.ts';

const OWN = `${HOME}/account`;

/** What somebody may change of their own account, and where they are signed in. */
export function accountView(
  translator: Pick<Translator, 't' | 'has'>,
  locale: Locale,
  shown: {
    me: Me;
    own: Session;
    sessions: readonly Session[];
    values: TypedValues;
    errors: FieldErrors;
    /** what was done a moment ago */
    done: string | undefined;
  },
) {
  const { me, own, sessions, values, errors, done } = shown;
  const { passkeys = [], codes = [] } = me;
  const form = (name: string, field: Parameters<typeof consoleForm>[2]['fields'][number], isGrave = false) =>
    consoleForm(translator, locale, {
      action: `${OWN}/${name}`,
      submit: `console.account.${name}.submit`,
      fields: [field],
      values: { ...(field.name === 'name' && { name: me.profile.name }), ...values },
      errors,
      isGrave,
    });
  const doneKey = `console.account.done.${done}`;
  return {
    ...(done && translator.has(locale, doneKey) && { done: translator.t(locale, doneKey) }),
    email: me.profile.email,
    name: form('name', { name: 'name', type: 'text', autocomplete: 'name' }),
    address: form('address', { name: 'email', type: 'email', key: 'newEmail', autocomplete: 'email' }),
    password: form('password', NEW_PASSWORD_FIELD),
    notices: form('notices', {
      name: 'notices',
      type: 'choice',
      options: NOTICE_CHOICES.map((value) => ({
        value,
        label: translator.t(locale, `console.notices.${value}`),
        isChosen: value === (me.notices ?? 'at-once'),
      })),
    }),
    close: form('close', { name: 'word', type: 'text' }, true),
    hasApp: me.totp !== undefined,
    passkeys: passkeys.map(({ id, createdAt }) => ({
      ref: id,
      since: formatDateTime(createdAt, locale, 'UTC'),
      mayGo: hasSecondFactor({ ...me, passkeys: passkeys.filter((one) => one.id !== id) }),
    })),
    codesLeft: codes.length,
    sessions: sessions.map(({ ref, browser, startedAt, seenAt, _id }) => ({
      ref,
      browser,
      startedAt: formatDateTime(startedAt, locale, 'UTC'),
      seenAt: formatDateTime(seenAt, locale, 'UTC'),
      isOwn: _id === own._id,
    })),
    hasOthers: sessions.some(({ _id }) => _id !== own._id),
  };
}
