import type { Actor } from '../lib/actor.ts';
import { type Act, defineAct } from '../organisers/act.form.ts';
import type { FieldSpec } from '../organisers/console-form.view.ts';
import { VerifiedEmail } from './office.schema.ts';
import type { OfficeService } from './office.service.ts';
import { isDoNotContact, type Office } from './office.ts';
import {
  Chosen,
  ChosenWithReason,
  MaybeReason,
  Nothing,
  PaceForm,
  WithReason,
} from './office-acts.schema.ts';
import type { OfficeSeen } from './office-admin.view.ts';
import { channelAddAct } from './office-channel.admin.ts';
import {
  closingAddAct,
  closingForgetAct,
  holderAddAct,
  holderEndAct,
  holderForgetAct,
} from './office-days.admin.ts';
import { hoursAct, setAct } from './office-record.admin.ts';

/** What rooms after this one can do to an office. */
export type OfficeStops = {
  pause(actor: Actor, officeId: string, because: string): Promise<unknown>;
  resume(actor: Actor, officeId: string): Promise<unknown>;
  endLinks(actor: Actor, officeId: string): Promise<unknown>;
};

const act = defineAct<OfficeSeen>();
const REASON: FieldSpec = { name: 'reason', type: 'text', key: 'whyHere' };

/** Everything that can be done to an office, by its path; the commands of `office` do the same. */
export function officeActs(offices: OfficeService, stops: OfficeStops): Record<string, Act<OfficeSeen>> {
  return {
    address: act({
      act: 'office verify',
      key: 'console.office.address',
      can: ({ isPostOnly }) => !isPostOnly,
      fields: () => [
        { name: 'email', type: 'email', key: 'officeEmail' },
        { name: 'source', type: 'url', key: 'source' },
        { name: 'checked', type: 'date', key: 'checked' },
      ],
      schema: VerifiedEmail,
      changes: () => [{ field: 'address' }],
      run: ({ _id }, given, actor) => offices.verifyEmailChannel(actor, _id, given),
    }),
    channel: channelAddAct(offices),
    stop: act({
      act: 'office block',
      key: 'console.office.stop',
      isGrave: true,
      can: ({ channels }) => channels.some(({ kind, state }) => kind === 'email' && state === 'verified'),
      fields: () => [{ ...REASON, isOptional: true }],
      schema: MaybeReason,
      why: ({ reason }) => reason,
      run: ({ _id }, { reason }, actor) => offices.blockEmailChannel(actor, _id, reason),
    }),
    block: act({
      act: 'office channel block',
      key: 'console.office.block',
      can: (office) => usable(office).length > 0,
      fields: (office) => [channelField(usable(office)), { ...REASON, isOptional: true }],
      schema: ChosenWithReason,
      why: ({ reason }) => reason,
      run: ({ _id }, { channel, reason }, actor) => offices.blockChannel(actor, _id, channel, reason),
    }),
    unblock: act({
      act: 'office channel unblock',
      key: 'console.office.unblock',
      can: (office) => stopped(office).length > 0,
      fields: (office) => [channelField(stopped(office))],
      schema: Chosen,
      run: ({ _id }, { channel }, actor) => offices.unblockChannel(actor, _id, channel),
    }),
    forget: act({
      act: 'office channel remove',
      key: 'console.office.forget',
      isGrave: true,
      can: (office) => ways(office).length > 0,
      fields: (office) => [channelField(ways(office))],
      schema: Chosen,
      run: ({ _id }, { channel }, actor) => offices.removeChannel(actor, _id, channel),
    }),
    'do-not-contact': act({
      act: 'office do-not-contact',
      key: 'console.office.doNotContact',
      isGrave: true,
      can: (office) => !isDoNotContact(office),
      fields: () => [REASON],
      schema: WithReason,
      why: ({ reason }) => reason,
      run: ({ _id }, { reason }, actor) => offices.markDoNotContact(actor, _id, reason),
    }),
    contact: act({
      act: 'office do-not-contact',
      key: 'console.office.contact',
      can: isDoNotContact,
      fields: () => [],
      schema: Nothing,
      run: ({ _id }, _, actor) => offices.liftDoNotContact(actor, _id),
    }),
    pause: act({
      act: 'letters pause',
      key: 'console.office.pause',
      can: ({ isPaused }) => !isPaused,
      fields: () => [REASON],
      schema: WithReason,
      why: ({ reason }) => reason,
      run: ({ _id }, { reason }, actor) => stops.pause(actor, _id, reason),
    }),
    resume: act({
      act: 'letters resume',
      key: 'console.office.resume',
      can: ({ isPaused }) => isPaused,
      fields: () => [],
      schema: Nothing,
      run: ({ _id }, _, actor) => stops.resume(actor, _id),
    }),
    'end-links': act({
      act: 'answers end-links',
      key: 'console.office.endLinks',
      isGrave: true,
      fields: () => [],
      schema: Nothing,
      run: ({ _id }, _, actor) => stops.endLinks(actor, _id),
    }),
    pace: act({
      act: 'office pace',
      key: 'console.office.pace',
      can: ({ isPostOnly }) => !isPostOnly,
      fields: () => (['digestsPerMonth', 'lettersPerHour', 'lettersInAll'] as const).map(numberField),
      values: ({ pace }) =>
        Object.fromEntries(Object.entries(pace).map(([name, value]) => [name, String(value)])),
      schema: PaceForm,
      changes: ({ pace }, after) =>
        (['digestsPerMonth', 'lettersPerHour', 'lettersInAll'] as const)
          .filter((field) => pace[field] !== after[field])
          .map((field) => ({ field, from: String(pace[field]), to: String(after[field]) })),
      run: ({ _id }, pace, actor) => offices.setPace(actor, _id, pace),
    }),
    hours: hoursAct(offices),
    closing: closingAddAct(offices),
    'closing-forget': closingForgetAct(offices),
    holder: holderAddAct(offices),
    'holder-end': holderEndAct(offices),
    'holder-forget': holderForgetAct(offices),
    set: setAct(offices),
    'post-only': act({
      act: 'office set',
      key: 'console.office.postOnly',
      isGrave: true,
      can: ({ isPostOnly }) => !isPostOnly,
      fields: () => [],
      schema: Nothing,
      changes: () => [{ field: 'post only', to: 'yes' }],
      run: ({ _id }, _, actor) => offices.setPostOnly(actor, _id),
    }),
  };
}

const ways = ({ channels }: Office) => channels.filter(({ kind }) => kind !== 'do-not-contact');
const usable = (office: Office) => ways(office).filter(({ state }) => state !== 'blocked');
const stopped = (office: Office) =>
  office.channels.filter(({ state }) => state === 'blocked' || state === 'failing');

function channelField(channels: Office['channels']): FieldSpec {
  return {
    name: 'channel',
    type: 'select',
    options: channels.map(({ value }) => ({ value, label: value, isChosen: false })),
  };
}

function numberField(name: string): FieldSpec {
  return { name, type: 'text', inputmode: 'numeric' };
}
