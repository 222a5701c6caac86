import { describe, expect, test } from 'vitest';
import { useMailRoom } from './mail-room.ts';

const room = await useMailRoom();

const accented = () => [room.row('p', { subjectId: 'josé' }), { ...room.officeRow('o'), subjectId: 'josé' }];

describe('an address with an accent', () => {
  test('goes as it is through a relay that offers SMTPUTF8', async () => {
    const sink = await room.startSink();
    await room.outbox.insertRows(accented());
    await room.openWorker(sink.url).step();
    expect(sink.mails.map(({ to }) => to[0]).sort()).toEqual(['josé@home.example', 'josé@office.example']);
  });

  test('is not told to a relay that does not: the mail has failed, and the address is as good as before', async () => {
    const heard: string[] = [];
    const sink = await room.startSink({
      hideSMTPUTF8: true,
      onMailFrom: ({ address }: { address: string }, _session: unknown, callback: () => void) => {
        heard.push(address);
        callback();
      },
    } as never);
    await room.outbox.insertRows([...accented(), room.row('ana')]);
    const worker = room.openWorker(sink.url);
    await worker.step();
    for (const id of ['p', 'o'])
      expect(await room.outbox.findRow(id)).toMatchObject({
        state: 'failed',
        outcome: expect.stringContaining('5.6.7'),
      });
    expect(heard).toEqual(['us@us.example']);
    expect(sink.mails.map(({ to }) => to[0])).toEqual(['ana@home.example']);
    expect(await room.suppressions.findSuppression('key-p')).toBeNull();
  });

  test('twenty of them through such a relay stop no other mail', async () => {
    const sink = await room.startSink({ hideSMTPUTF8: true } as never);
    const rows = Array.from({ length: 20 }, (_, i) => room.row(`p${i}`, { subjectId: `josé${i}` }));
    await room.outbox.insertRows([...rows, room.row('zoe')]);
    await room.openWorker(sink.url).step();
    expect(await room.stateOf('zoe')).toBe('sent');
    expect(await room.stateOf('p19')).toBe('failed');
  });

  test('in its domain alone goes out in ASCII, through any relay', async () => {
    const sink = await room.startSink({ hideSMTPUTF8: true } as never);
    await room.outbox.insertRows([room.row('ana')]);
    const prepare = async () => ({
      do: 'send' as const,
      message: { to: 'ana@méxico.example', replyTo: 'eva@niñez.example', subject: 'x', text: 'x', html: 'x' },
    });
    await room.openWorker(sink.url, { composers: { note: { prepare } } }).step();
    // This server turns a name that it hears back into letters, so the header is looked at.
    expect(sink.mails).toHaveLength(1);
    expect(sink.mails[0]?.raw).toMatch(/^To: ana@xn--mxico-bsa\.example\r$/m);
    expect(sink.mails[0]?.raw).toMatch(/^Reply-To: eva@xn--niez-hqa\.example\r$/m);
    expect(sink.mails[0]?.raw.split('\r\n\r\n')[0]).toMatch(/^\p{ASCII}+$/u);
  });
});
