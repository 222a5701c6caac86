import { describe, expect, test } from 'vitest';
import { reasonOf } from '../../../src/mail/incoming/reason.ts';

describe('the server’s own words beside a code', () => {
  test.each([
    ['5.1.1', '550 5.1.1 User unknown', 'hard no-such-address'],
    ['5.1.1', '554 sorry, your address is on our block list', 'soft blocked'],
    ['5.1.1', '554 Service unavailable; Client host [192.0.2.1] blocked by list.example', 'soft blocked'],
    ['5.1.1', '552 the account of this person does not have enough space', 'soft full'],
    ['5.1.1', 'maildir has overdrawn his diskspace quota', 'soft full'],
    ['5.1.1', '450 too many messages from your host, slow down', 'soft too-many'],
    ['5.1.2', 'Host not found, try again', 'soft unreachable'],
    ['5.1.2', 'Name service error for name=office.example type=MX: Host not found', 'hard no-such-address'],
    ['5.1.1', 'aliasing/forwarding loop broken', 'soft other'],
    ['5.2.1', 'This user is receiving mail at a rate that prevents more', 'soft too-many'],
    ['5.2.1', 'The account is disabled', 'hard disabled'],
    ['5.2.1', 'Mailbox temporarily disabled', 'soft unreachable'],
    ['5.7.1', '550 5.7.1 no such recipient here', 'hard no-such-address'],
    ['5.7.1', 'Recipient address rejected: Nonexistent user', 'hard no-such-address'],
    ['5.7.1', 'Recipient address rejected: Access denied', 'soft blocked'],
    ['5.4.1', 'Recipient address rejected: Access denied', 'hard no-such-address'],
    ['5.6.7', 'SMTPUTF8 is required, but was not offered by host mx.office.example', 'soft other'],
    ['4.1.1', 'User unknown', 'soft unreachable'],
    [undefined, 'Unrouteable address', 'hard no-such-address'],
    [undefined, 'Domain office.example does not accept mail (nullMX)', 'hard no-such-address'],
    [undefined, 'all relevant MX records point to non-existent hosts', 'hard no-such-address'],
    [undefined, 'el buzón está\nlleno', 'soft full'],
    [undefined, 'El destinatario no\n  existe', 'hard no-such-address'],
    [undefined, 'see https://spam.example/blocked?user=unknown for <spam@office.example>', 'soft other'],
    [undefined, 'something went wrong', 'soft other'],
  ])('%s "%s" is: %s', (code, words, is) => {
    const { severity, reason } = reasonOf(code, words);
    expect(`${severity} ${reason}`).toBe(is);
  });
});
