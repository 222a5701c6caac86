import type { Infra } from '../infra.ts';
import type { MailRoom } from '../mail/mail.room.ts';
import type { RenderMail } from '../mail/mail.ts';
import { createAccountService } from './account.service.ts';
import { createAttemptStore } from './attempt.store.ts';
import { createClaimStore } from './claim.store.ts';
import { createInvitationService } from './invitation.service.ts';
import { createInvitationStore } from './invitation.store.ts';
import { createOrganiserComposer } from './organiser.composer.ts';
import { createOrganiserStore } from './organiser.store.ts';
import { createPasskeys } from './passkey.service.ts';
import { createHasher } from './password.ts';
import { createSecondFactor } from './second-factor.service.ts';
import { createSessionService } from './session.service.ts';
import { createSessionStore } from './session.store.ts';
import { createSignIn } from './sign-in.service.ts';
import { createSlowDown } from './slow-down.service.ts';
import { createTickets } from './ticket.service.ts';

/** Everything of staff: accounts, how they sign in, and what they are written. */
export function createOrganisers(infra: Infra, rooms: { mail: MailRoom; renderMail: RenderMail }) {
  const { config, connection, keys } = infra;
  const { mail, renderMail } = rooms;
  const store = createOrganiserStore(connection);
  const hasher = createHasher();
  const sessions = createSessionService({ ...infra, store: createSessionStore(connection) });
  const slowDown = createSlowDown({ ...infra, store: createAttemptStore(connection) });
  const tickets = createTickets({ ...infra, keys: keys.session });
  const shared = { ...infra, ...mail, store, hasher, sessions, slowDown, tickets };
  const accounts = createAccountService({ ...shared, organiserKeyOf: keys.organiserKeyOf });
  const invitationStore = createInvitationStore(connection);
  return {
    organisers: {
      store,
      accounts,
      sessions,
      slowDown,
      tickets,
      claims: createClaimStore(connection),
      invitations: createInvitationService({
        ...infra,
        store: invitationStore,
        organisers: store,
        accounts,
      }),
      signIn: createSignIn({ ...shared, accounts }),
      passkeys: createPasskeys({ ...shared, publicUrl: config.publicUrl }),
      secondFactor: createSecondFactor({ ...shared, recoveryKey: keys.recovery }),
    },
    organiserComposer: createOrganiserComposer({ ...infra, publicUrl: config.publicUrl, renderMail }),
  };
}
export type Organisers = ReturnType<typeof createOrganisers>['organisers'];
