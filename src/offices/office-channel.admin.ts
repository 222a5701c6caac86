import { defineAct } from '../organisers/act.form.ts';
import { NewChannel } from './office.schema.ts';
import type { OfficeService } from './office.service.ts';
import type { OfficeSeen } from './office-admin.view.ts';

const KINDS = ['post', 'form', 'email', 'via'] as const;

/** A further way to reach an office. Without a page and a day it stays unverified, and is shown as such. */
export const channelAddAct = (offices: OfficeService) =>
  defineAct<OfficeSeen>()({
    act: 'office channel add',
    key: 'console.office.channel',
    fields: ({ isPostOnly }, _locale, t) => [
      {
        name: 'kind',
        type: 'choice',
        key: 'channelKind',
        options: (isPostOnly ? (['post'] as const) : KINDS).map((kind, index) => ({
          value: kind,
          label: t(`console.office.kind.${kind}`),
          isChosen: index === 0,
        })),
      },
      { name: 'value', type: 'text', key: 'channelValue' },
      { name: 'source', type: 'url', isOptional: true },
      { name: 'checked', type: 'date', isOptional: true },
    ],
    schema: NewChannel,
    changes: (_, { kind }) => [{ field: 'channel', to: kind }],
    run: ({ _id }, given, actor) => offices.addChannel(actor, _id, given),
  });
