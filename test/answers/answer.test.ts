import { describe, expect, test } from 'vitest';
import { readAnswerForm } from '../../src/answers/answer.schema.ts';
import { answerId, historyOf, type KeptAnswer, withoutAddresses } from '../../src/answers/answer.ts';
import { messageIdIn } from '../../src/deliveries/message-id.ts';
import { daysBetween } from '../../src/lib/days.ts';

const of = { petitionId: 'p', officeId: 'o', demandId: 'D1' };
const said = (_id: string, day: string, status: 'received' | 'refused' | undefined): KeptAnswer => ({
  _id,
  petitionId: 'p',
  officeId: 'o',
  via: 'link',
  at: new Date(day),
  statements: [{ demandId: 'D1', status: 'done' }],
  ...(status && {
    published: {
      at: new Date(day),
      by: 'Lucía',
      locale: 'en',
      text: '',
      statements: [{ demandId: 'D1', status, reason: 'So.' }],
    },
  }),
});

describe('the history of a demand', () => {
  test('is what was published of this office and demand, the newest first', () => {
    const answers = [
      said('old', '2026-01-01', 'received'),
      said('unread', '2026-03-01', undefined),
      said('new', '2026-02-01', 'refused'),
      { ...said('other', '2026-04-01', 'refused'), officeId: 'x' },
    ];
    expect(historyOf(answers, of).map(({ answerId, status }) => [answerId, status])).toEqual([
      ['new', 'refused'],
      ['old', 'received'],
    ]);
    expect(historyOf(answers, { ...of, demandId: 'D2' })).toEqual([]);
  });
});

test('the same answer has the same id, and no other has it', () => {
  expect(answerId('mail', 'a', 'b')).toBe(answerId('mail', 'a', 'b'));
  const ids = [answerId('mail', 'a', 'b'), answerId('mail', 'ab', ''), answerId('link', 'a', 'b')];
  expect(new Set(ids).size).toBe(3);
});

test('a text for everybody holds no address', () => {
  expect(withoutAddresses('Ask ana.rosa@dhs.example, or <b@c.example>.', 'en')).toBe(
    'Ask [address left out], or <[address left out]>.',
  );
});

describe('a form through the link', () => {
  const read = (body: object) => readAnswerForm(body, ['D1', 'D2']);

  test('takes a state for each demand, a text, a pace and an address', () => {
    const body = {
      'status-D1': 'refused',
      'reason-D1': ' The law \u202ebars it.\r\n',
      'status-D2': '',
      text: 'We\u0301.',
      pace: '1',
      address: 'new@dhs.example',
    };
    expect(read(body)).toEqual({
      ok: true,
      value: {
        statements: [{ demandId: 'D1', status: 'refused' }],
        reasons: [{ demandId: 'D1', text: 'The law bars it.' }],
        text: 'Wé.',
        pace: '1',
        proposedAddress: 'new@dhs.example',
      },
    });
  });

  test.each([
    ['nothing at all', {}, { text: 'nothing' }],
    ['no body', null, { text: 'nothing' }],
    ['a refusal without its reason', { 'status-D1': 'refused' }, { 'reason-D1': 'required' }],
    ['a reason without its state', { 'reason-D2': 'So.' }, { 'status-D2': 'required' }],
    ['a state that there is not', { 'status-D1': 'maybe' }, { 'status-D1': 'unknown' }],
    ['a state sent twice', { 'status-D1': ['done', 'refused'] }, { 'status-D1': 'unknown' }],
    ['a text sent twice', { text: ['Uno.', 'Dos.'] }, { text: 'unreadable' }],
    ['a pace sent twice', { text: 'Uno.', pace: ['2', 'stop'] }, { pace: 'unknown' }],
    ['an address sent twice', { address: ['a@b.example', 'c@b.example'] }, { address: 'unreadable' }],
    ['a demand that is not put to it', { 'status-D9': 'done' }, { text: 'nothing' }],
    [
      'too long a reason',
      { 'status-D1': 'done', 'reason-D1': 'x'.repeat(1_001) },
      { 'reason-D1': 'tooLong' },
    ],
    ['too long a text', { text: 'x'.repeat(5_001) }, { text: 'tooLong' }],
    ['broken characters', { text: 'a\ufffd' }, { text: 'unreadable' }],
    ['what stands for a loss', { address: 'a\ufffdb' }, { address: 'unreadable' }],
    ['a pace that is not offered', { pace: '4' }, { pace: 'unknown' }],
  ])('refuses %s', (_, body, errors) => {
    expect(read(body as object)).toEqual({ ok: false, errors });
  });
});

describe('the Message-ID in what was pasted', () => {
  test.each([
    ['alone', 'digest-1.ab@mail.example', 'digest-1.ab@mail.example'],
    ['in brackets', '  <digest-1.ab@mail.example>\n', 'digest-1.ab@mail.example'],
    ['as a header line', 'Message-Id: <a@b>', 'a@b'],
    ['in a whole header', 'Received: by x\r\n\tid <not@this>\r\nMessage-ID: <a@b>\r\nSubject: x', 'a@b'],
    ['folded', 'From: x@y\r\nMESSAGE-ID:\r\n <a@b>\r\n', 'a@b'],
    ['beside others', 'X-Original-Message-ID: <no@no>\nReferences: <c@d>\nMessage-ID: <a@b>', 'a@b'],
    ['nowhere', 'Subject: hello\nFrom: a@b', undefined],
    ['no id at all', 'hello', undefined],
    ['two words', 'a@b c@d', undefined],
    ['too long', `${'a'.repeat(400)}@b`, undefined],
  ])('%s', (_, pasted, expected) => {
    expect(messageIdIn(pasted)).toBe(expected);
  });
});

test('days are those of the office’s zone, also over a change of the clock', () => {
  const late = new Date('2026-11-24T04:30:00Z');
  expect(daysBetween('America/New_York', late, new Date('2026-11-24T05:30:00Z'))).toBe(1);
  expect(daysBetween('UTC', late, new Date('2026-11-24T23:30:00Z'))).toBe(0);
  expect(
    daysBetween('America/New_York', new Date('2026-10-31T12:00:00Z'), new Date('2026-11-02T12:00:00Z')),
  ).toBe(2);
});
