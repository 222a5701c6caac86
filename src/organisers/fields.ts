import type { FieldSpec } from './console-form.view.ts';

/** Fields that several pages ask for, by the names under which a browser fills them (HTML, autofill). */
export const EMAIL_FIELD: FieldSpec = { name: 'email', type: 'email', autocomplete: 'username' };
export const CODE_FIELD: FieldSpec = { name: 'code', type: 'text', autocomplete: 'one-time-code' };
export const NEW_PASSWORD_FIELD: FieldSpec = {
  name: 'password',
  type: 'password',
  key: 'newPassword',
  autocomplete: 'new-password',
};
