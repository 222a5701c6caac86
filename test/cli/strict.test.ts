import { createSecretKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createAuditService } from '../../src/audit/audit.service.ts';
import { createAuditStore } from '../../src/audit/audit.store.ts';
import { loadCommands } from '../../src/command-tree.ts';
import { by } from '../../src/commands/command.ts';
import { exitCodeOf, listVerbs, runCommandLine } from '../../src/commands/command-line.ts';
import { isAppError } from '../../src/lib/errors.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { createTestClock } from '../support/clock.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

const BY = ['--by', 'Rosa Márquez'];
const ID = 'no-more-unsafe-returns:us-dhs-secretary:digest:1';
const CHECKED = ['--source', 'https://x.example', '--checked', '2026-11-24'];

/** What each verb that changes something is rightly given, beside the name. `scope`: what it may not be without. */
const ROWS: Record<string, { given: string[]; scope?: string[] }> = {
  'campaign set': { given: [], scope: ['--legal-name', 'Acme'] },
  'office add': {
    given: ['x', '--name-en', 'X', '--name-es', 'X', '--country', 'MX', '--zone', 'UTC', '--language', 'es'],
  },
  'office set': { given: ['mx-inm'], scope: ['--zone', 'America/Mexico_City'] },
  'office verify': { given: ['mx-inm', '--email', 'a@inm.example', ...CHECKED] },
  'office block': { given: ['mx-inm'] },
  'office do-not-contact': { given: ['mx-inm'], scope: ['--reason', 'they asked us'] },
  'office channel add': { given: ['mx-inm', '--kind', 'post', '--value', 'Homero 1832'] },
  'office channel remove': { given: ['mx-inm', 'post'] },
  'office channel block': { given: ['mx-inm', 'post'] },
  'office channel unblock': { given: ['mx-inm', 'post'] },
  'office holder add': {
    given: ['mx-inm', '--name', 'A', '--title-en', 'T', '--title-es', 'T', '--from', '2026-01-01'],
  },
  'office holder end': { given: ['mx-inm', '--on', '2026-01-01'] },
  'office holder remove': { given: ['mx-inm', '--name', 'A'] },
  'office closing add': {
    given: ['--from', '2026-12-18', '--because', 'LFPA 28', '--source', 'https://x.example'],
    scope: ['--country', 'MX'],
  },
  'office closing remove': { given: ['--from', '2026-12-18'], scope: ['--country', 'MX'] },
  'office hours': { given: ['mx-inm'], scope: ['--from', '10:00'] },
  'office pace': { given: ['mx-inm'], scope: ['--digests', '1'] },
  'petition close': { given: ['safe-passage'] },
  'petition pause': { given: ['safe-passage'] },
  'petition resume': { given: ['safe-passage'] },
  'petition take-down': { given: ['safe-passage', '--reason', 'x'] },
  'petition bring-back': { given: ['safe-passage'] },
  'petition ways': { given: ['safe-passage', 'mx-inm', '--set', 'none'] },
  'words approve': { given: ['abc123.AAAAAAAAAAAAAAAAAAAAAA'] },
  'words refuse': { given: ['abc123.AAAAAAAAAAAAAAAAAAAAAA'] },
  'words undo': { given: ['AAAAAAAAAAAAAAAAAAAAAA'] },
  'updates write': { given: ['safe-passage', '--en', 'en.txt', '--es', 'es.txt'] },
  'updates rewrite': { given: ['AAAAAAAAAAAAAAAAAAAAAA', '--en', 'en.txt', '--es', 'es.txt'] },
  'updates test': { given: ['AAAAAAAAAAAAAAAAAAAAAA', '--to', 'rosa@team.example'] },
  'updates propose': { given: ['AAAAAAAAAAAAAAAAAAAAAA'] },
  'updates approve': { given: ['AAAAAAAAAAAAAAAAAAAAAA'] },
  'updates pause': { given: ['AAAAAAAAAAAAAAAAAAAAAA'] },
  'updates resume': { given: ['AAAAAAAAAAAAAAAAAAAAAA'] },
  'updates cancel': { given: ['AAAAAAAAAAAAAAAAAAAAAA'] },
  'updates withdraw': { given: ['AAAAAAAAAAAAAAAAAAAAAA'] },
  'updates discard': { given: ['AAAAAAAAAAAAAAAAAAAAAA'] },
  'letters plan': { given: [] },
  'letters approve': { given: [], scope: ['--office', 'mx-inm'] },
  'letters send': { given: [], scope: ['--all'] },
  'letters pause': { given: ['--because', 'a complaint'], scope: ['--all'] },
  'letters resume': { given: [], scope: ['--petition', 'safe-passage'] },
  'letters cancel': { given: [], scope: [ID] },
  'letters resolve': { given: [ID, '--as', 'sent'] },
  'pack handed-in': { given: ['safe-passage', 'mx-inm', '--on', '2026-11-24', '--folio', '1'] },
  'pack answered': { given: ['safe-passage', 'mx-inm', '--on', '2026-11-24'] },
  'answers record': {
    given: ['--petition', 'safe-passage', '--office', 'mx-inm', '--on', '2026-11-24', '--text', 'No.'],
  },
  'answers from-incoming': { given: ['AAAAAAAAAAAAAAAAAAAAAA'] },
  'answers publish': { given: ['AAAAAAAAAAAAAAAAAAAAAA'] },
  'answers translate': { given: ['AAAAAAAAAAAAAAAAAAAAAA'] },
  'answers tell': { given: ['AAAAAAAAAAAAAAAAAAAAAA'] },
  'answers unpublish': { given: ['AAAAAAAAAAAAAAAAAAAAAA'] },
  'answers set-aside': { given: ['AAAAAAAAAAAAAAAAAAAAAA'] },
  'answers correct': { given: ['AAAAAAAAAAAAAAAAAAAAAA'] },
  'answers end-links': { given: ['mx-inm'] },
  'tracking rebuild': { given: [], scope: ['--all'] },
  'ledger repair': { given: [], scope: ['--all'] },
  'database indexes': { given: ['--rebuild'] },
  'mail bounce': { given: [], scope: ['--email', 'a@home.example'] },
  'mail lift': { given: ['--email', 'a@home.example'] },
  'organiser add': { given: ['--email', 'ines@campaign.example', '--role', 'editor'] },
  'privacy erase': { given: ['--email', 'a@home.example'] },
};
/** What shows and changes nothing takes no name. */
const READING = [
  'campaign show',
  'audit list',
  'audit verify',
  'organiser list',
  'office list',
  'office show',
  'office holiday list',
  'petition list',
  'words list',
  'updates list',
  'updates show',
  'letters check',
  'letters list',
  'letters show',
  'letters pauses',
  'pack list',
  'answers list',
  'answers show',
  'answers save',
  'ledger show',
  'ledger verify',
  'mail list',
  'mail incoming',
];

type Ended = { code: number; message: string; opened: number };
/** Runs it without a database: `opened` counts how often it would have reached for the data. */
async function run(args: readonly string[]): Promise<Ended> {
  let opened = 0;
  const open = async () => {
    opened += 1;
  };
  const commands = await loadCommands(open, { word: args[0], withDatabase: open });
  try {
    await runCommandLine(commands, args);
    return { code: 0, message: '', opened };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { code: exitCodeOf(error), message: error.message, opened };
  }
}
/** Stands for every room: whatever is asked of it gives the same again, and nothing is done. */
const ANYTHING: unknown = new Proxy(() => undefined, {
  get: (_, key) => (key === 'then' ? undefined : key === Symbol.iterator ? [][Symbol.iterator] : ANYTHING),
  apply: () => ANYTHING,
});
let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
});
afterAll(() => database.drop());

const refused = (says: RegExp) => ({ code: 2, message: expect.stringMatching(says), opened: 0 });

const verbs = listVerbs(await loadCommands(async () => undefined)).map(({ path, verb }) => ({
  name: path.join(' '),
  path,
  verb,
}));
const rows = Object.entries(ROWS).map(
  ([name, { given, scope = [] }]) => [name, [...name.split(' '), ...given], scope] as const,
);

test('every verb stands in the table, as one that changes something, one that shows, or the mail server’s', () => {
  const ofKind = (kind: string) => verbs.filter(({ verb }) => verb.kind === kind).map(({ name }) => name);
  expect(ofKind('changes').sort()).toEqual(Object.keys(ROWS).sort());
  expect(ofKind('reads').sort()).toEqual([...READING].sort());
  expect(ofKind('machine')).toEqual(['mail receive']);
});

describe.each(rows)('%s', (name, given, scope) => {
  const { verb } = verbs.find((one) => one.name === name) ?? {};
  const right = [...given, ...scope, ...BY];

  test('takes what the table gives it', async () => {
    expect(await run(right)).toEqual({ code: 0, message: '', opened: 1 });
  });

  // What mends a database works where nothing else can be opened; the log says who called it.
  test.skipIf(name === 'database indexes')(
    'leaves one line in the audit, and says how it ended',
    async () => {
      const audit = createAuditService({
        store: createAuditStore(database.connection),
        key: createSecretKey(Buffer.alloc(32, 7)),
        clock: createTestClock(),
        logger: silentLogger,
      });
      const before = (await audit.verify()).entries;
      const services = new Proxy({}, { get: (_, room) => (room === 'audit' ? audit : ANYTHING) });
      const commands = await loadCommands(async (work) => work(services as never), { word: right[0] });
      await runCommandLine(commands, right).catch(() => undefined);
      process.exitCode = undefined;
      const { entries, open, faults } = await audit.verify();
      expect([entries - before, open, faults]).toEqual([2, [], []]);
      expect((await audit.listActs({}, 1))[0]).toMatchObject({ act: name, by: 'Rosa Márquez' });
    },
  );

  test('without a name: nothing is done', async () => {
    expect(await run([...given, ...scope])).toEqual(refused(/--by/));
    expect(await run([...given, ...scope, '--by'])).toEqual(refused(/--by wants a value/));
    expect(await run([...given, ...scope, '--by', ''])).toEqual(refused(/--by is empty/));
    expect(await run([...given, ...scope, '--by='])).toEqual(refused(/--by is empty/));
    expect(await run([...given, ...scope, '--by', ' '])).toEqual(refused(/--by is empty/));
    expect(await run([...given, ...scope, '--by', '42'])).toEqual(refused(/--by is a name/));
    expect(await run([...given, ...scope, '--by', 'A\nB'])).toEqual(refused(/--by is a name/));
    expect(await run([...given, ...scope, '--by', '--all'])).toEqual(refused(/looks like an option/));
    expect(await run([...given, ...scope, '--by=--all'])).toEqual(refused(/looks like an option/));
  });

  test('an option that is not there, or was mistyped, or given twice', async () => {
    expect(await run([...right, '--colour', 'red'])).toEqual(refused(/There is no option --colour here/));
    expect(await run([...right, '--colour=red'])).toEqual(refused(/no option --colour/));
    expect(await run([...right, '--no-by'])).toEqual(refused(/no option --no-by/));
    expect(await run([...right, '-x'])).toEqual(refused(/no option -x/));
    expect(await run([...right, '--bye', 'Rosa'])).toEqual(refused(/no option --bye.*mean --by\?/));
    expect(await run([...right, ...BY])).toEqual(refused(/--by is given twice/));
  });

  test('a word too many, also behind the end of the options', async () => {
    const all = Object.values(verb?.args ?? {}).filter(({ type }) => type === 'positional').length;
    const free = all - given.slice(name.split(' ').length).findIndex((word) => word.startsWith('-'));
    const words = Array.from({ length: Math.max(all, free) + 1 }, (_, index) => `surplus${index}`);
    expect(await run([...right, ...words])).toEqual(refused(/"surplus\d" is one word too many/));
    expect(await run([...right, '--', ...words])).toEqual(refused(/"surplus\d" is one word too many/));
  });

  test('each of its options: empty, without a value, with a value that it does not take', async () => {
    for (const [option, { type }] of Object.entries(verb?.args ?? {})) {
      if (type === 'positional') continue;
      const without = removed([...given, ...scope], option);
      if (type === 'boolean') {
        expect(await run([...without, ...BY, `--${option}=yes`])).toEqual(refused(/takes no value/));
        expect(await run([...without, ...BY, `--${option}`, 'yes'])).toEqual(refused(/./));
      } else if (option !== 'by') {
        expect(await run([...without, ...BY, `--${option}=`])).toEqual(refused(/is empty/));
        expect(await run([...without, ...BY, `--${option}`])).toEqual(refused(/wants a value/));
        expect(await run([...without, `--${option}`, ...BY])).toEqual(refused(/looks like an option/));
      }
    }
  });

  test('what is required, or says what it is for, is missing', async () => {
    if (scope.length > 0) expect(await run([...given, ...BY])).toEqual(refused(/^Say /));
    for (const [option, def] of Object.entries(verb?.args ?? {})) {
      if (def.type === 'positional' || !def.required || option === 'by') continue;
      expect(await run([...removed([...given, ...scope], option), ...BY])).toEqual(
        refused(new RegExp(`--${option} is missing`)),
      );
    }
    const needed = Object.values(verb?.args ?? {}).filter(
      ({ type, required }) => type === 'positional' && required !== false,
    );
    if (needed.length === 0) return;
    const path = name.split(' ');
    const options = given
      .slice(path.length + needed.length)
      .filter((_, i, all) => i >= all.findIndex((word) => word.startsWith('-')));
    expect(await run([...path, ...options, ...BY])).toEqual(refused(/^<[a-z]+> is missing/));
  });
});

/** Without an option and its value. */
function removed(args: readonly string[], option: string): string[] {
  const index = args.indexOf(`--${option}`);
  if (index < 0) return [...args];
  const hasValue = args[index + 1] !== undefined && !args[index + 1]?.startsWith('--');
  return args.filter((_, one) => one !== index && !(hasValue && one === index + 1));
}

describe('a scope', () => {
  test.each([
    [
      ['letters', 'approve', '--ofice', 'us-cbp-commissioner'],
      /no option --ofice here. Did you mean --office\?/,
    ],
    [['letters', 'approve'], /^Say what it is for: --id, --office, --petition, --all/],
    [['letters', 'approve', '--kind', 'digest'], /^Say what it is for/],
    [['letters', 'approve', '--all', '--office', 'mx-inm'], /--all stands alone/],
    [['letters', 'send', '--office='], /--office is empty/],
    [['letters', 'send', '--office', 'a', '--office', 'b'], /--office is given twice/],
    [['letters', 'pause', '--all', '--office', 'mx-inm', '--because', 'x'], /exactly one of/],
    [['letters', 'cancel', ID, '--all'], /exactly one of/],
    [['letters', 'approve', '--kind', 'postcard', '--all'], /--kind is digest or letter, not "postcard"/],
    [['letters', 'resolve', ID, '--as', 'maybe'], /--as is sent or again, not "maybe"/],
    [['office', 'pace', 'mx-inm'], /^Say what changes: --digests/],
    [['mail', 'bounce'], /exactly one of <address>, --email/],
  ])('%o', async (args, says) => {
    expect(await run([...args, ...BY])).toEqual(refused(says));
  });
});

describe('what shows', () => {
  test.each(READING)('%s is as strict, and takes no name', async (name) => {
    expect(await run([...name.split(' '), 'a', 'b', 'c', 'd'])).toEqual(refused(/word too many/));
    expect(await run([...name.split(' '), ...BY])).toEqual(refused(/no option --by/));
  });

  test('a way to look at is shown without a name, and changed by nobody unnamed', async () => {
    expect(await run(['petition', 'ways', 'safe-passage'])).toMatchObject({ code: 0, opened: 1 });
    expect(await run(['petition', 'ways', 'safe-passage', 'mx-inm', '--set', 'hand'])).toEqual(
      refused(/--set wants --by/),
    );
  });

  test('an id that begins with a dash is a word', async () => {
    expect(await run(['answers', 'show', '-AAAAAAAAAAAAAAAAAAAAA'])).toMatchObject({ code: 0, opened: 1 });
    expect(await run(['answers', 'show', '--AAAAAAAAAAAAAAAAAAAA'])).toMatchObject({ code: 0, opened: 1 });
    expect(await run(['answers', 'show', '-all'])).toEqual(refused(/no option -a/));
  });
});

describe('commands that are not there', () => {
  test.each([
    [['letters', 'aprove', '--all'], /Unknown command "letters aprove". Did you mean "letters approve"\?/],
    [['leters'], /Unknown command "leters". Did you mean "letters"\?/],
    [['letters', 'constructor'], /Unknown command "letters constructor"/],
    [['letters'], /letters wants a verb/],
    [['office', 'channel', '--by', 'Rosa'], /Unknown command "office channel --by"/],
    [['--by', 'Rosa', 'letters', 'approve', '--all'], /Unknown command "--by"/],
  ])('%o', async (args, says) => {
    expect(await run(args)).toEqual(refused(says));
  });
});

test('the name is asked for in the same words everywhere', () => {
  for (const { name, verb } of verbs.filter((one) => one.verb.kind === 'changes'))
    expect([name, verb.args]).toEqual([
      name,
      expect.objectContaining({ by: expect.objectContaining({ description: by.description }) }),
    ]);
});
