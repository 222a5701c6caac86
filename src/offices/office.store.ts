import type { Connection } from 'mongoose';
import { insertAndCount, insertMissing } from '../database/insert.ts';
import {
  changeOf,
  count,
  date,
  flag,
  localized,
  maybeOneOf,
  number,
  oneOf,
  openModel,
  part,
  text,
} from '../database/model.ts';
import { LOCALES } from '../lib/locales.ts';
import {
  CHANNEL_CHANGES,
  CHANNEL_KINDS,
  CHANNEL_STATES,
  type Channel,
  type ChannelChange,
  type Closing,
  COUNTRIES,
  DEPARTMENTS,
  type Holder,
  type Hours,
  type Office,
  type Pace,
  type StoredOffice,
  withDefaults,
} from './office.ts';

/** One of those who change an office at once always succeeds: as many may try. */
const ATTEMPTS = 100;

export function createOfficeStore(connection: Connection) {
  const offices = openOffices(connection);

  async function listOffices(): Promise<Office[]> {
    const stored = await offices.find().sort({ order: 1 }).lean<StoredOffice[]>();
    return stored.map(withDefaults);
  }

  async function findOffice(id: string): Promise<Office | null> {
    const stored = await offices.findOne({ _id: id }).lean<StoredOffice>();
    return stored && withDefaults(stored);
  }

  /** False when there is one of this id. */
  async function insertOffice(office: Office): Promise<boolean> {
    const { inserted, errors } = await insertAndCount(offices, [office]);
    if (errors[0]) throw errors[0];
    return inserted === 1;
  }

  /**
   * Changes an office as it is at that moment: `change` is asked anew while others change it too, so it must do nothing
   * else. What it gives back unchanged is not written.
   * @returns the office as it is then; null when there is none
   */
  async function changeOffice(id: string, change: (office: Office) => Office): Promise<Office | null> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const office = await findOffice(id);
      if (!office) return null;
      const changed = change(office);
      if (changed === office) return office;
      const next = { ...changed, revision: (office.revision ?? 0) + 1 };
      const seen = { _id: id, revision: office.revision ?? { $exists: false } };
      const { matchedCount } = await offices.updateOne(seen, changeOf(office, next));
      if (matchedCount === 1) return next;
    }
    throw new Error(`office ${id} changed ${ATTEMPTS} times while it was to be changed`);
  }

  return {
    insertMissing: (missing: readonly Office[]) => insertMissing(offices, missing),
    listOffices,
    findOffice,
    insertOffice,
    changeOffice,
  };
}
export type OfficeStore = ReturnType<typeof createOfficeStore>;

const channel = {
  kind: oneOf(CHANNEL_KINDS),
  value: text,
  source: String,
  reason: String,
};

function openOffices(connection: Connection) {
  return openModel<Office>(connection, 'offices', {
    _id: text,
    name: localized(text),
    short: part<Office['name']>(localized(text)),
    country: oneOf(COUNTRIES),
    language: oneOf(LOCALES),
    languages: [maybeOneOf(LOCALES)],
    zone: text,
    hours: part<Hours>({ days: [{ ...number, min: 1, max: 7 }], from: text, to: text }),
    isInWashington: Boolean,
    department: maybeOneOf(DEPARTMENTS),
    enforcesImmigrationLaw: Boolean,
    closings: [part<Closing>({ from: text, to: text, because: text, source: text, by: text, at: date })],
    pace: part<Pace>({ digestsPerMonth: count, lettersPerHour: count, lettersInAll: count }),
    holders: [part<Holder>({ name: text, title: localized(text), from: text, to: String })],
    channels: [
      part<Channel>({
        ...channel,
        state: oneOf(CHANNEL_STATES),
        verifiedOn: String,
        failedAt: Date,
        failures: { type: Number, min: 0 },
      }),
    ],
    isPostOnly: flag,
    answerLinkVersion: { type: Number, min: 0 },
    order: number,
    changes: [
      part<ChannelChange>({
        ...channel,
        at: date,
        change: oneOf(CHANNEL_CHANGES),
        isHard: Boolean,
        deliveryId: String,
        by: String,
      }),
    ],
    revision: { type: Number, min: 0 },
  });
}
