import { defineCommand } from 'citty';
import { toJson } from '../lib/printable.ts';
import type { Operate } from '../operator.ts';
import { isCampaignComplete } from './campaign.ts';

export function campaignCommand(operate: Operate) {
  const print = (campaign: object) => console.log(toJson(campaign));
  return defineCommand({
    meta: { name: 'campaign', description: 'who runs this installation' },
    subCommands: {
      show: defineCommand({
        meta: { name: 'show', description: 'show the record' },
        run: () => operate(async ({ campaign }) => print(await campaign.getCampaign())),
      }),
      set: defineCommand({
        meta: { name: 'set', description: 'fill it; while it is not whole this is a trial installation' },
        args: {
          'legal-name': { type: 'string', description: 'who is responsible' },
          'postal-address': { type: 'string', description: 'where letters reach them' },
          'contact-email': { type: 'string', description: 'where offices and supporters write to' },
          'privacy-email': { type: 'string', description: 'where requests about personal data go' },
        },
        run: ({ args }) =>
          operate(async ({ campaign }) => {
            const after = await campaign.setCampaign({
              legalName: args['legal-name'],
              postalAddress: args['postal-address'],
              contactEmail: args['contact-email'],
              privacyEmail: args['privacy-email'],
            });
            print(after);
            if (!isCampaignComplete(after)) console.log('Not whole yet: this stays a trial installation.');
          }),
      }),
    },
  });
}
