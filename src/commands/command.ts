import type { ArgsDef, CommandDef, ParsedArgs } from 'citty';
import type { Services } from '../composition.ts';
import { shellActor } from '../lib/actor.ts';
import type { Operate } from '../operator.ts';
import type { RecordRooms } from '../record-rooms.ts';

/** What a definition of citty cannot say of a verb. `src/command-line.ts` holds every verb to it. */
export type Verb = CommandDef & {
  /** `machine`: a program calls it, so that no person can be named. */
  kind: 'reads' | 'changes' | 'machine';
  /** exactly one of these is given */
  oneOf?: readonly string[];
  /** at least one of these is given; `all` stands alone */
  someOf?: readonly string[];
  /** it changes something, and wants a name, only when this option is given */
  changesWith?: string;
};

/** Of sysexits.h and every shell: the command was given wrongly, and nothing has happened. */
export const EX_USAGE_FAULT = 2;

export const by = { type: 'string', required: true, description: 'your name; it is recorded' } as const;
/** Arguments that name one of our records; what else is typed may be an address. */
const NAMES_A_RECORD = ['petition', 'office', 'id'] as const;
type By = { by: typeof by };

type Described<A extends ArgsDef> = {
  meta: { name: string; description: string };
  args?: A;
  oneOf?: readonly (keyof A & string)[];
  someOf?: readonly (keyof A & string)[];
  changesWith?: keyof A & string;
};
type Work<A extends ArgsDef, S = Services> = (services: S, args: ParsedArgs<A>) => Promise<void>;

/** A verb that shows something and changes nothing. */
export function reading<const A extends ArgsDef>(
  operate: Operate,
  verb: Described<A> & { run: Work<A> },
): Verb {
  const run = ({ args }: { args: ParsedArgs }) =>
    operate((services) => verb.run(services, args as ParsedArgs<A>));
  return { ...verb, kind: 'reads', run };
}

/** The same for what the records alone can tell: it starts in a third of the time. */
export function readingRecords<const A extends ArgsDef>(
  operate: Operate,
  verb: Described<A> & { run: Work<A, RecordRooms> },
): Verb {
  const run = ({ args }: { args: ParsedArgs }) => {
    const work = (rooms: RecordRooms) => verb.run(rooms, args as ParsedArgs<A>);
    return operate(work, work);
  };
  return { ...verb, kind: 'reads', run };
}

/** A verb that changes something: a person answers for it by name (`--by`). */
export function changing<const A extends ArgsDef>(
  operate: Operate,
  verb: Described<A> & { run: Work<A & By> },
): Verb {
  const run = ({ args, data }: Called) => operate((services) => change(services, verb.run, args, data?.path));
  return { ...verb, args: { ...verb.args, by: nameFor(verb) }, kind: 'changes', run };
}

/** The same for what changes the records alone. */
export function changingRecords<const A extends ArgsDef>(
  operate: Operate,
  verb: Described<A> & { run: Work<A & By, RecordRooms> },
): Verb {
  const run = ({ args, data }: Called) => {
    const work = (rooms: RecordRooms) => change(rooms, verb.run, args, data?.path);
    return operate(work, work);
  };
  return { ...verb, args: { ...verb.args, by: nameFor(verb) }, kind: 'changes', run };
}

type Called = { args: ParsedArgs; data?: { path: string[] } };

async function change<A extends ArgsDef, S extends RecordRooms>(
  services: S,
  run: Work<A & By, S>,
  args: ParsedArgs,
  path: readonly string[] = [],
): Promise<void> {
  const work = () => run(services, args as ParsedArgs<A & By>);
  if (typeof args.by !== 'string') return work();
  const of = NAMES_A_RECORD.flatMap((one) => (typeof args[one] === 'string' ? [args[one]] : []));
  // Who does what is written down for every verb alike, before it is done.
  await services.audit.record(shellActor(args.by), { act: path.join(' '), of }, work);
}

const nameFor = ({ changesWith }: { changesWith?: string | undefined }) =>
  changesWith ? { ...by, required: false } : by;

/** A verb that works where the services cannot start: who changes something by it stands in the log alone. */
export function mending<const A extends ArgsDef>(
  verb: Described<A> & {
    changesWith: keyof A & string;
    run(args: ParsedArgs<A & { by: { type: 'string' } }>): Promise<void>;
  },
): Verb {
  const args = { ...verb.args, by: { ...by, required: false } };
  return { ...verb, args, kind: 'changes', run: (context) => verb.run(context.args as never) };
}

/** A verb that another program calls, which understands nothing but its own exit codes: it reads its arguments itself. */
export function machine(verb: {
  meta: { name: string; description: string };
  args: ArgsDef;
  run(rawArgs: readonly string[]): Promise<void>;
}): Verb {
  return { ...verb, kind: 'machine', run: ({ rawArgs }) => verb.run(rawArgs) };
}

/** An argument that is one of these words. */
export function choice<const T extends string>(options: readonly T[], description: string) {
  return { type: 'enum' as const, options: [...options], description };
}

export function isVerb(command: CommandDef): command is Verb {
  return 'kind' in command;
}
