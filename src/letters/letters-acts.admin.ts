import * as z from 'zod';
import type { ApprovalService } from '../deliveries/approval.service.ts';
import type { DecisionService } from '../deliveries/decision.service.ts';
import { conflict, type DeliveryService, type ReleaseResult } from '../deliveries/delivery.service.ts';
import type { Actor } from '../lib/actor.ts';
import { AppError } from '../lib/errors.ts';
import { type Act, defineAct } from '../organisers/act.form.ts';
import type { FieldSpec } from '../organisers/console-form.view.ts';
import type { BatchSeen, DeliverySeen } from './letters-admin.view.ts';

type Services = { approvals: ApprovalService; decisions: DecisionService; letters: DeliveryService };

const Nothing = z.object({});
const reason = z.string().trim().max(300, 'tooLong');
const Override = z.object({ override: reason.optional() });
const OVERRIDE: FieldSpec = { name: 'override', type: 'text' };

const one = defineAct<DeliverySeen>();
const batch = defineAct<BatchSeen>();

/** What can be done to one delivery. */
export function deliveryActs({ approvals, decisions, letters }: Services): Record<string, Act<DeliverySeen>> {
  return {
    approve: one({
      act: 'letters approve',
      key: 'console.delivery.approve',
      can: ({ state }) => state === 'planned',
      fields: ({ report }) => (report?.mayGo === false ? [OVERRIDE] : []),
      schema: Override,
      changes: ({ state }) => [{ field: 'state', from: state, to: 'approved' }],
      why: ({ override }) => override,
      async run({ _id }, { override = '' }, actor) {
        const done = await approvals.approve(actor, { id: _id }, { because: override });
        if (done.refused.length > 0) throw needsReason();
        if (done.approved === 0)
          throw conflict(await letters.getDelivery(_id), 'it has just changed', 'decided');
      },
    }),
    send: one({
      act: 'letters send',
      key: 'console.delivery.send',
      can: ({ state, kind }) => state === 'approved' && kind === 'digest',
      fields: () => [],
      schema: Nothing,
      async run(delivery, _, actor) {
        refuseUnsent(await letters.releaseDigests(actor, { id: delivery._id }));
      },
    }),
    cancel: one({
      act: 'letters cancel',
      key: 'console.delivery.cancel',
      isGrave: true,
      can: ({ state }) => state === 'planned' || state === 'approved' || state === 'released',
      fields: () => [],
      schema: Nothing,
      changes: ({ state }) => [{ field: 'state', from: state, to: 'cancelled' }],
      run: ({ _id }, __, actor) => decisions.cancel(actor, _id),
    }),
    sent: one({
      ...resolving('sent'),
      key: 'console.delivery.sent',
      run: ({ _id }, __, actor) => decisions.resolve(actor, _id, 'sent'),
    }),
    again: one({
      ...resolving('released'),
      key: 'console.delivery.again',
      isGrave: true,
      run: ({ _id }, __, actor) => decisions.resolve(actor, _id, 'again'),
    }),
  };
}

function resolving(to: string) {
  return {
    act: 'letters resolve',
    can: ({ state }: DeliverySeen) => state === 'unknown' || state === 'bounced',
    fields: () => [],
    schema: Nothing,
    changes: ({ state }: DeliverySeen) => [{ field: 'state', from: state, to }],
  };
}

/** What can be done to all that there is for an office. */
export function batchActs({ approvals, decisions, letters }: Services): Record<string, Act<BatchSeen>> {
  return {
    approve: batch({
      act: 'letters approve',
      key: 'console.batch.approve',
      can: ({ planned }) => planned.length > 0,
      fields: ({ report }) => [
        ...(report?.mayGo === false ? [OVERRIDE] : []),
        { name: 'through', type: 'text', inputmode: 'numeric' },
      ],
      schema: Override.extend({ through: z.string().regex(/^\d{1,6}$/) }),
      why: ({ override }) => override,
      async run({ _id, planned }, { override = '', through }, actor) {
        // As many as were seen: what was planned meanwhile is not approved unseen.
        if (Number(through) !== planned.length)
          throw new AppError('INPUT_INVALID', { field: 'through', fault: 'otherNumber' });
        const done = await approvals.approve(actor, { officeId: _id }, { because: override });
        if (done.refused.length > 0) throw needsReason();
        if (done.approved === 0) throw new AppError('DELIVERY_STATE_CONFLICT', { fault: 'gone' });
      },
    }),
    send: batch({
      act: 'letters send',
      key: 'console.batch.send',
      can: ({ approved }) => approved.some(({ kind }) => kind === 'digest'),
      fields: () => [],
      schema: Nothing,
      async run({ _id }, __, actor: Actor) {
        const results = await letters.releaseDigests(actor, { officeId: _id });
        refuseUnsent(results.filter(({ result }) => result !== 'not-approved'));
      },
    }),
    cancel: batch({
      act: 'letters cancel',
      key: 'console.batch.cancel',
      isGrave: true,
      can: ({ planned, approved, released }) => planned.length + approved.length + released.length > 0,
      fields: () => [{ name: 'word', type: 'text', key: 'officeWord' }],
      schema: z.object({ word: z.string().min(1) }),
      async run({ _id }, { word }, actor) {
        if (word.trim() !== _id)
          throw new AppError('INPUT_INVALID', { field: 'word', fault: 'notTheOffice' });
        const { beingSent } = await decisions.cancelAll(actor, { officeId: _id });
        if (beingSent.length > 0)
          throw new AppError('DELIVERY_STATE_CONFLICT', {
            fault: 'delivery.someSending',
            values: { count: beingSent.length },
          });
      },
    }),
  };
}

function needsReason(): AppError {
  return new AppError('DELIVERY_STATE_CONFLICT', { field: 'override', fault: 'required' });
}

/** By hand all that may go goes; the first that does not says why. */
function refuseUnsent(results: readonly ReleaseResult[]): void {
  const refused = results.find(({ result }) => result !== 'released' && result !== 'taken');
  if (refused) throw new AppError('DELIVERY_STATE_CONFLICT', { fault: `release.${refused.result}` });
}
