import { defineCommand } from 'citty';
import { changingRecords, readingRecords } from '../commands/command.ts';
import { json } from '../commands/print.ts';
import { toJson } from '../lib/text/printable.ts';
import type { Operate } from '../operator.ts';
import { isCampaignComplete } from './campaign.ts';

export function campaignCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'campaign', description: 'who runs this installation' },
    subCommands: {
      show: readingRecords(operate, {
        meta: { name: 'show', description: 'show the record, which is JSON' },
        args: { json },
        run: async ({ campaign }) => console.log(toJson(await campaign.getCampaign())),
      }),
      set: changingRecords(operate, {
        meta: { name: 'set', description: 'fill it; while it is not whole this is a trial installation' },
        args: {
          'legal-name': { type: 'string', description: 'who is responsible' },
          'postal-address': { type: 'string', description: 'where letters reach them' },
          'contact-email': { type: 'string', description: 'where offices and supporters write to' },
          'privacy-email': { type: 'string', description: 'where requests about personal data go' },
          'site-name-en': { type: 'string', description: 'what the site is called in English' },
          'site-name-es': { type: 'string', description: 'what it is called in Spanish' },
          zone: { type: 'string', description: 'IANA time zone in which supporters read dates' },
        },
        someOf: [
          'legal-name',
          'postal-address',
          'contact-email',
          'privacy-email',
          'zone',
          'site-name-en',
          'site-name-es',
        ],
        run: async ({ campaign }, args) => {
          const after = await campaign.setCampaign({
            legalName: args['legal-name'],
            postalAddress: args['postal-address'],
            contactEmail: args['contact-email'],
            privacyEmail: args['privacy-email'],
            zone: args.zone,
            'siteName.en': args['site-name-en'],
            'siteName.es': args['site-name-es'],
          });
          console.log(toJson(after));
          if (!isCampaignComplete(after)) console.log('Not whole yet: this stays a trial installation.');
        },
      }),
    },
  });
}
