import { isAppError } from '../lib/errors.ts';
import { defineAct } from '../organisers/act.form.ts';
import type { FieldSpec } from '../organisers/console-form.view.ts';
import type { OfficeService } from './office.service.ts';
import type { Office } from './office.ts';
import {
  ClosingForgetForm,
  ClosingForm,
  HolderEndForm,
  HolderForgetForm,
  HolderForm,
} from './office-acts.schema.ts';
import type { OfficeSeen } from './office-admin.view.ts';

const act = defineAct<OfficeSeen>();

/** Days on which it is closed beside the holidays; by an order also those of every office of its country. */
export const closingAddAct = (offices: OfficeService) =>
  act({
    act: 'office closing add',
    key: 'console.office.closing',
    fields: () => [
      { name: 'from', type: 'date', key: 'firstDay' },
      { name: 'to', type: 'date', key: 'lastDay', isOptional: true },
      { name: 'because', type: 'text' },
      { name: 'source', type: 'url' },
      { name: 'everyOffice', type: 'box' },
    ],
    schema: ClosingForm,
    changes: ({ country }, { from, to = from, everyOffice }) => [
      { field: 'closed', to: `${from}/${to}${everyOffice ? `, every office of ${country}` : ''}` },
    ],
    async run(office, { from, to = from, because, source, everyOffice }, actor) {
      const closing = { from, to, because, source };
      if (!everyOffice) return offices.addClosing(actor, office._id, closing);
      const all = (await offices.listOffices()).filter(({ country }) => country === office.country);
      // One that is closed then already stays as it is, and holds up no other.
      for (const { _id } of all)
        await offices.addClosing(actor, _id, closing).catch((error: unknown) => {
          if (!isAppError(error, 'OFFICE_INVALID') || error.details.fault !== 'closed') throw error;
        });
      return undefined;
    },
  });

export const closingForgetAct = (offices: OfficeService) =>
  act({
    act: 'office closing remove',
    key: 'console.office.closingForget',
    can: ({ closings = [] }) => closings.length > 0,
    fields: ({ closings = [] }) => [
      select(
        'closing',
        closings.map(({ from, to, because }) => [
          from,
          from === to ? `${from} ${because}` : `${from}/${to} ${because}`,
        ]),
      ),
    ],
    schema: ClosingForgetForm,
    run: ({ _id }, { closing }, actor) => offices.removeClosing(actor, _id, closing),
  });

/** Letters name who holds an office on the day they go out, and nobody else. */
export const holderAddAct = (offices: OfficeService) =>
  act({
    act: 'office holder add',
    key: 'console.office.holder',
    fields: () => [
      { name: 'holderName', type: 'text' },
      { name: 'titleEn', type: 'text' },
      { name: 'titleEs', type: 'text' },
      { name: 'from', type: 'date', key: 'holdsFrom' },
      { name: 'to', type: 'date', key: 'holdsTo', isOptional: true },
    ],
    schema: HolderForm,
    run: ({ _id }, { holderName, titleEn, titleEs, from, to }, actor) =>
      offices.addHolder(actor, _id, {
        name: holderName,
        title: { en: titleEn, es: titleEs },
        from,
        ...(to && { to }),
      }),
  });

export const holderEndAct = (offices: OfficeService) =>
  act({
    act: 'office holder end',
    key: 'console.office.holderEnd',
    can: ({ holders }) => holders.length > 0,
    fields: (office) => [holderField(office), { name: 'on', type: 'date', key: 'holdsTo' }],
    schema: HolderEndForm,
    run: ({ _id }, { holder, on }, actor) => offices.endHolder(actor, _id, on, holder),
  });

export const holderForgetAct = (offices: OfficeService) =>
  act({
    act: 'office holder remove',
    key: 'console.office.holderForget',
    isGrave: true,
    can: ({ holders }) => holders.length > 0,
    fields: (office) => [holderField(office)],
    schema: HolderForgetForm,
    run: ({ _id }, { holder }, actor) => offices.removeHolder(actor, _id, holder),
  });

function holderField({ holders }: Office): FieldSpec {
  return select(
    'holder',
    holders.toReversed().map(({ name }) => [name, name]),
  );
}

function select(name: string, options: readonly (readonly [string, string])[]): FieldSpec {
  return {
    name,
    type: 'select',
    options: options.map(([value, label]) => ({ value, label, isChosen: false })),
  };
}
