import type { Clock } from '../lib/clock.ts';
import type { EmailAddress } from '../lib/email-address.ts';
import { AppError } from '../lib/errors.ts';
import type { AccountService } from './account.service.ts';
import type { OrganiserStore } from './organiser.store.ts';
import type { Organiser } from './organiser.ts';
import type { Hasher } from './password.ts';
import type { SlowDown } from './slow-down.service.ts';

/** Name and password: the first of two factors, or where somebody who is joining goes on. */
export function createSignIn(deps: {
  store: Pick<OrganiserStore, 'findByAddress'>;
  accounts: Pick<AccountService, 'keyOf'>;
  hasher: Hasher;
  slowDown: SlowDown;
  clock: Clock;
}) {
  const { store, accounts, hasher, slowDown, clock } = deps;

  /** The same time and words for who has no account. @throws SLOWED_DOWN, CREDENTIALS_REFUSED, RATE_LIMITED */
  async function withPassword(email: EmailAddress, password: string, network: string): Promise<Organiser> {
    hasher.refuseWhenFull();
    const account = accounts.keyOf(email);
    const tried = { account, network };
    await slowDown.check(tried);
    const organiser = await store.findByAddress(account);
    const isRight = await hasher.verify(password, organiser?.password);
    if (!organiser || !isRight || !mayEnter(organiser)) {
      await slowDown.fail(tried);
      throw new AppError('CREDENTIALS_REFUSED');
    }
    await slowDown.forget({ account });
    return organiser;
  }

  function mayEnter({ state, joinBy }: Organiser): boolean {
    return state === 'active' || (state === 'joining' && joinBy !== undefined && joinBy > clock.now());
  }

  return { withPassword };
}
export type SignIn = ReturnType<typeof createSignIn>;
