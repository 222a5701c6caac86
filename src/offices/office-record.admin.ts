import type { TypedValues } from '../lib/typed.ts';
import { defineAct } from '../organisers/act.form.ts';
import type { FieldSpec } from '../organisers/console-form.view.ts';
import type { OfficeService } from './office.service.ts';
import { COUNTRIES, type Office } from './office.ts';
import { HoursForm, hoursTyped, RecordForm, recordOf } from './office-acts.schema.ts';
import type { OfficeSeen } from './office-admin.view.ts';

type Say = (key: string) => string;
const act = defineAct<OfficeSeen>();

/** When somebody is there to read, in the office's zone. */
export const hoursAct = (offices: OfficeService) =>
  act({
    act: 'office hours',
    key: 'console.office.hours',
    fields: () => [
      ...[1, 2, 3, 4, 5, 6, 7].map((day): FieldSpec => ({ name: `day${day}`, type: 'box' })),
      { name: 'fromTime', type: 'text' },
      { name: 'toTime', type: 'text' },
    ],
    values: ({ hours: { days, from, to } }) => ({
      ...Object.fromEntries(days.map((day) => [`day${day}`, 'on'])),
      fromTime: from,
      toTime: to,
    }),
    shape: hoursTyped,
    schema: HoursForm,
    changes: ({ hours }, { day1, fromTime, toTime }) => [
      {
        field: 'hours',
        from: `${hours.days.join('')} ${hours.from}–${hours.to}`,
        to: `${day1.join('')} ${fromTime}–${toTime}`,
      },
    ],
    run: ({ _id }, { day1, fromTime, toTime }, actor) =>
      offices.setOffice(actor, _id, { hours: { days: day1, from: fromTime, to: toTime } }),
  });

/** Names, languages and zone, and what is said of an office. */
export const setAct = (offices: OfficeService) =>
  act({
    act: 'office set',
    key: 'console.office.set',
    // What belongs to a department stays with it.
    fields: ({ department }, _locale, t) =>
      recordFields(t).filter(({ name }) => name !== 'dhs' || !department),
    values: recordValues,
    schema: RecordForm,
    changes: (office, form) => changedFields(office, recordOf(form)),
    run: ({ _id }, form, actor) => offices.setOffice(actor, _id, recordOf(form)),
  });

function recordFields(t: Say): FieldSpec[] {
  const choice = (name: string, values: readonly string[], labels: string): FieldSpec => ({
    name,
    type: 'choice',
    options: values.map((value, index) => ({ value, label: t(`${labels}.${value}`), isChosen: index === 0 })),
  });
  return [
    { name: 'nameEn', type: 'text', key: 'officeEn' },
    { name: 'nameEs', type: 'text', key: 'officeEs' },
    { name: 'shortEn', type: 'text', isOptional: true },
    { name: 'shortEs', type: 'text', isOptional: true },
    { name: 'zone', type: 'text' },
    choice('language', ['es', 'en'], 'console.language'),
    { name: 'alsoEn', type: 'box' },
    { name: 'alsoEs', type: 'box' },
    choice('enforces', ['yes', 'no'], 'console.office.enforces'),
    { name: 'dhs', type: 'box' },
    { name: 'washington', type: 'box' },
  ];
}

/** What a new office is asked for before the rest. */
export function newOfficeFields(t: Say): FieldSpec[] {
  return [
    { name: 'ref', type: 'text', key: 'officeRef' },
    {
      name: 'country',
      type: 'choice',
      options: COUNTRIES.map((value, index) => ({
        value,
        label: t(`console.country.${value}`),
        isChosen: index === 0,
      })),
    },
    { name: 'postOnly', type: 'box' },
    ...recordFields(t),
  ];
}

function recordValues(office: Office): TypedValues {
  const { name, short, zone, language, languages, isInWashington, department } = office;
  return {
    nameEn: name.en,
    nameEs: name.es,
    shortEn: short?.en ?? '',
    shortEs: short?.es ?? '',
    zone,
    language,
    ...(languages.includes('en') && { alsoEn: 'on' }),
    ...(languages.includes('es') && { alsoEs: 'on' }),
    enforces: office.enforcesImmigrationLaw === false ? 'no' : 'yes',
    ...(department && { dhs: 'on' }),
    ...(isInWashington && { washington: 'on' }),
  };
}

function changedFields(office: Office, after: ReturnType<typeof recordOf>) {
  const said = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value ?? ''));
  return Object.entries(after)
    .filter(([field, value]) => said(office[field as keyof Office]) !== said(value))
    .map(([field, value]) => ({ field, from: said(office[field as keyof Office]), to: said(value) }));
}
