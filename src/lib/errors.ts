/** Every error that a person or a program can receive from us: a stable code, once used never given another meaning. */
export const ERROR_STATUS = {
  PETITION_NOT_FOUND: 404,
  PETITION_CLOSED: 409,
  PETITION_NOT_OPEN: 409,
  PETITION_PAUSED: 409,
  PETITION_TAKEN_DOWN: 410,
  PETITION_STATE_CONFLICT: 409,
  PETITION_CHANGED: 409,
  PETITION_EXISTS: 409,
  FACT_CHANGED: 409,
  PETITION_FAULTY: 422,
  SIGNATURE_NOT_FOUND: 404,
  SIGNATURE_STATE_CONFLICT: 409,
  MAIL_ON_ITS_WAY: 409,
  UPDATE_NOT_FOUND: 404,
  UPDATE_CHANGED: 409,
  UPDATE_STATE_CONFLICT: 409,
  UPDATE_TOO_OLD: 409,
  WORDS_DECIDED: 409,
  WORDS_SENT: 409,
  SECOND_PERSON: 409,
  LINK_INVALID: 404,
  LINK_EXPIRED: 410,
  PAGE_EXPIRED: 410,
  OFFICE_NOT_FOUND: 404,
  OFFICE_CHANNEL_INVALID: 422,
  OFFICE_EXISTS: 409,
  OFFICE_HOLDER_INVALID: 422,
  OFFICE_INVALID: 422,
  OFFICE_IS_HELPLINE: 422,
  ANSWER_NOT_FOUND: 404,
  ANSWER_LINK_EXPIRED: 410,
  DELIVERY_NOT_FOUND: 404,
  DELIVERY_STATE_CONFLICT: 409,
  CAMPAIGN_INCOMPLETE: 409,
  PAGE_NOT_FOUND: 404,
  ORGANISER_NOT_FOUND: 404,
  ORGANISER_EXISTS: 409,
  INVITATION_INVALID: 404,
  LAST_OWNER: 409,
  CREDENTIALS_REFUSED: 422,
  SLOWED_DOWN: 429,
  PASSKEY_REFUSED: 422,
  SIGNED_OUT: 401,
  INPUT_INVALID: 422,
  BODY_TOO_LARGE: 413,
  MEDIA_TYPE_UNSUPPORTED: 415,
  ORIGIN_REFUSED: 403,
  RATE_LIMITED: 429,
  METHOD_NOT_ALLOWED: 405,
  REQUEST_TOO_SLOW: 408,
  ADDRESS_TOO_LONG: 414,
  HEADERS_TOO_LARGE: 431,
  COMMAND_INVALID: 400,
  COMMAND_UNKNOWN: 400,
  REQUEST_MALFORMED: 400,
  MESSAGE_UNREADABLE: 422,
  MESSAGE_BUSY: 503,
  WEBHOOK_SIGNATURE_INVALID: 401,
  WEBHOOK_REPLAYED: 409,
  DATABASE_UNAVAILABLE: 503,
  INTERNAL: 500,
  CONFIG_INVALID: 500,
  KEY_RING_LOCKED: 500,
  KEY_RING_FOREIGN: 500,
  DATABASE_NOT_FOUND: 500,
  DATA_DIR_IN_USE: 500,
  INDEX_CONFLICT: 500,
  STARTER_INVALID: 500,
  SEALED_INVALID: 500,
  LEDGER_BROKEN: 500,
  AUDIT_BROKEN: 500,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** The only error class: `code` decides the answer, `details` are for the log and never shown. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly details: Record<string, unknown>;

  constructor(code: ErrorCode, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(typeof details.message === 'string' ? details.message : code, options);
    this.name = 'AppError';
    this.code = code;
    this.status = ERROR_STATUS[code];
    this.details = details;
  }
}

/** What a person gave cannot be used; `message` says why, and what could be. */
export function invalidInput(message: string, options?: ErrorOptions): AppError {
  return new AppError('INPUT_INVALID', { message }, options);
}

/** The same for a form: `fault` is the key of what a page says, at a field where it lies at one. */
export function invalidField(message: string, says: { field?: string; fault: string }): AppError {
  return new AppError('INPUT_INVALID', { message, ...says });
}

export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}
