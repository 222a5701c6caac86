import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { AppError } from '../lib/errors.ts';

/** RFC 8301: verifiers may refuse shorter ones, and offices do. */
const LEAST_BITS = 2048;

export type Dkim = {
  domainName: string;
  keySelector: string;
  /** PEM */
  privateKey: string;
  /** base64 DER, as it stands behind `p=` in the DNS */
  publicKey: string;
};

/**
 * nodemailer sends unsigned, without a word, when a key is malformed or of another kind: so it is looked at here.
 * @throws CONFIG_INVALID saying what is wrong with it
 */
export function readDkim(options: { domain: string; selector: string; pem: string }): Dkim {
  const { domain, selector, pem } = options;
  let key: KeyObject;
  try {
    key = createPrivateKey(pem.replaceAll('\\n', '\n'));
  } catch (cause) {
    throw invalid('is no private key in PEM', cause);
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== 'rsa') throw invalid(`must be RSA, and is ${key.asymmetricKeyType}`);
  if (bits < LEAST_BITS) throw invalid(`must have ${LEAST_BITS} bits or more, and has ${bits}`);
  return {
    domainName: domain,
    keySelector: selector,
    privateKey: String(key.export({ type: 'pkcs8', format: 'pem' })),
    publicKey: createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64'),
  };
}

function invalid(why: string, cause?: unknown): AppError {
  return new AppError('CONFIG_INVALID', { message: `DKIM_KEY ${why}.` }, { cause });
}
