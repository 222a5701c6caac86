import type { Connection } from 'mongoose';
import { count, date, openModel, part, text } from '../database/model.ts';
import type { Signature } from '../signatures/signature.ts';
import { openSignatures } from '../signatures/signature-schema.store.ts';
import type { SignalHour, Tallied } from './burst.ts';

export type Signalled = Pick<Signature, 'petitionId' | 'signals'> & { confirmedAt: Date };

/** Sums by the hour of what signatures signal; they can be made again as long as the signals are there. */
export function createBurstStore(connection: Connection) {
  const signatures = openSignatures(connection);
  const hours = openModel<SignalHour>(connection, 'signalHours', {
    _id: text,
    petitionId: text,
    hour: date,
    total: count,
    networks: [part<Tallied>({ key: text, count })],
    domains: [part<Tallied>({ key: text, count })],
    looked: [String],
  });

  /** Those in the count who were confirmed since. */
  function streamSignals(since: Date): AsyncIterable<Signalled> {
    return signatures
      .find(
        { confirmedAt: { $gte: since }, state: 'confirmed', held: false },
        { petitionId: 1, signals: 1, confirmedAt: 1 },
      )
      .lean<Signalled[]>()
      .cursor();
  }

  /** What an organiser has looked at stays looked at. */
  async function writeHour({ _id, petitionId, hour, total, networks, domains }: SignalHour): Promise<void> {
    await hours.updateOne(
      { _id },
      { $set: { petitionId, hour, total, networks, domains } },
      { upsert: true },
    );
  }

  const listSince = async (since: Date) => hours.find({ hour: { $gte: since } }).lean<SignalHour[]>();

  async function findLatest(): Promise<Date | undefined> {
    const latest = await hours.findOne().sort({ hour: -1 }).lean<SignalHour>();
    return latest?.hour;
  }

  /** False where there is no such hour. */
  async function look(id: string, what: string): Promise<boolean> {
    return (await hours.updateOne({ _id: id }, { $addToSet: { looked: what } })).matchedCount === 1;
  }

  async function deleteBefore(before: Date): Promise<void> {
    await hours.deleteMany({ hour: { $lt: before } });
  }

  return { streamSignals, writeHour, listSince, findLatest, look, deleteBefore };
}
export type BurstStore = ReturnType<typeof createBurstStore>;
