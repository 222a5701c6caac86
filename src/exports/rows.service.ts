import type { AuditStore } from '../audit/audit.store.ts';
import type { Infra } from '../infra.ts';
import {
  type Person,
  parseSignatureId,
  type SignedSignature,
  signatureContext,
} from '../signatures/signature.ts';
import type { TakenAwayStore } from '../signatures/taken-away.store.ts';
import type { Hour } from '../tracking/hour.ts';
import type { ExportKind, Row } from './export.ts';

const BATCH = 500;

/** The rows of an export, read as they are asked for: who stops asking stops the reading. */
export function createRows(
  deps: Pick<Infra, 'sealer'> & {
    signatures: TakenAwayStore;
    streamHours(petitionId: string): AsyncIterable<Hour>;
    streamAudit: AuditStore['streamEntries'];
    /** of these addresses, those that get no news */
    listSuppressed(emailKeys: readonly string[]): Promise<ReadonlySet<string>>;
  },
) {
  const { signatures, streamHours, streamAudit, listSuppressed, sealer } = deps;

  async function* rowsOf(kind: ExportKind, petitionIds: readonly string[]): AsyncGenerator<Row> {
    if (kind === 'audit') return yield* auditRows();
    const rows = { numbers: numberRows, words: wordRows, subscribers: subscriberRows }[kind];
    for (const petitionId of petitionIds) yield* rows(petitionId);
  }

  async function* numberRows(petitionId: string): AsyncGenerator<Row> {
    for await (const hour of streamHours(petitionId)) {
      const { added = 0, removed = 0, confirmed = 0, waiting = 0, seen = {}, mailed = 0 } = hour;
      const shown = Object.values(seen).reduce((sum, times) => sum + times, 0);
      yield {
        petition: petitionId,
        hour: hour.at.toISOString(),
        ...{ added, removed, confirmed, waiting },
        form_shown: shown,
        mails_sent: mailed,
      };
    }
  }

  async function* wordRows(petitionId: string): AsyncGenerator<Row> {
    for await (const one of signatures.streamApproved(petitionId)) {
      const person = personOf(one);
      const words = person?.trimmed ?? person?.words;
      if (!words) continue;
      const approved_at = one.wordsDecision?.at.toISOString() ?? '';
      yield { petition: petitionId, ...placeOf(one), approved_at, words };
    }
  }

  async function* subscriberRows(petitionId: string): AsyncGenerator<Row> {
    let batch: SignedSignature[] = [];
    for await (const one of signatures.streamSubscribed(petitionId)) {
      batch.push(one);
      if (batch.length < BATCH) continue;
      yield* reachable(batch);
      batch = [];
    }
    yield* reachable(batch);
  }

  /** Without those whose address bounces, or who have said no to news since. */
  async function* reachable(batch: readonly SignedSignature[]): AsyncGenerator<Row> {
    const keyOf = ({ _id }: SignedSignature) => parseSignatureId(_id).emailKey;
    const suppressed = await listSuppressed(batch.map(keyOf));
    for (const one of batch) {
      const person = suppressed.has(keyOf(one)) ? undefined : personOf(one);
      if (!person) continue;
      yield {
        petition: one.petitionId,
        email: person.email,
        name: person.name,
        ...placeOf(one),
        confirmed_at: one.confirmedAt?.toISOString() ?? '',
      };
    }
  }

  async function* auditRows(): AsyncGenerator<Row> {
    for await (const { seq, at, by, act, of, changes = [], why = '', ends, outcome, hash } of streamAudit())
      yield {
        ...{ seq, at: at.toISOString(), by, act, of: of.join(' '), why, hash },
        changes: changes.map(({ field, from = '', to = '' }) => `${field}: ${from} → ${to}`).join('; '),
        ends: ends ?? '',
        outcome: outcome ?? '',
      };
  }

  function personOf({ _id, sealed }: SignedSignature): Person | undefined {
    return sealed && sealer.open<Person>(sealed, signatureContext(_id));
  }

  return { rowsOf };
}

function placeOf({ country, region = '', locale }: SignedSignature) {
  return { country, region, language: locale };
}
