import type { FastifyInstance } from 'fastify';
import type { Act } from '../audit/act.ts';
import { actRow } from '../audit/act-row.ts';
import { AuditQuery } from '../audit/audit.schema.ts';
import type { Audit } from '../audit/audit.service.ts';
import { organiserOf } from '../lib/actor.ts';
import { toCsv } from '../lib/csv.ts';
import { formatDateTime } from '../lib/format.ts';
import type { Translator } from '../lib/i18n.ts';
import { actorOf } from './visit.ts';

const SHOWN = 50;
const MOST = 100_000;
const HEADINGS = ['seq', 'at', 'by', 'act', 'of', 'change', 'why', 'ended'];

/** Who did what: to look through, and to take away. */
export function registerAudit(
  scope: FastifyInstance,
  deps: { audit: Audit; translator: Translator; namesByRef(): Promise<Map<string, string>> },
): void {
  const { audit, translator, namesByRef } = deps;

  const nameOf = (names: Map<string, string>, { by }: Act) => {
    const ref = organiserOf(by);
    return ref === undefined ? by : (names.get(ref) ?? ref);
  };

  scope.get('/audit', async (request, reply) => {
    const { locale } = request.visit;
    const { before, ...filter } = AuditQuery.parse(request.query);
    const [names, acts] = await Promise.all([
      namesByRef(),
      audit.listActs({ ...filter, ...(before && { before }) }, SHOWN + 1),
    ]);
    const rows = acts.slice(0, SHOWN).map((act) => {
      const [seq, , , what, of, change, why] = actRow(act);
      return {
        seq,
        of,
        change,
        why,
        act: what,
        at: formatDateTime(act.at, locale, 'UTC'),
        by: nameOf(names, act),
        byHref: `?by=${encodeURIComponent(act.by)}`,
        actHref: `?act=${encodeURIComponent(act.act)}`,
        isOpen: act.outcome === undefined,
        outcome: translator.t(locale, `console.audit.${act.outcome ?? 'open'}`),
      };
    });
    const last = acts.length > SHOWN ? acts[SHOWN - 1]?.seq : undefined;
    const older = new URLSearchParams({
      ...(filter.by && { by: filter.by }),
      ...(filter.act && { act: filter.act }),
    });
    if (last) older.set('before', String(last));
    const view = {
      rows,
      isFiltered: Object.keys(filter).length > 0,
      ...(last && { olderHref: `?${older}` }),
    };
    return reply.show({ page: 'audit', title: translator.t(locale, 'console.audit.title'), view });
  });

  scope.get('/audit.csv', async (request, reply) => {
    const intent = { act: 'audit download', of: [] };
    const acts = await audit.record(actorOf(request.visit), intent, () => audit.listActs({}, MOST));
    const names = await namesByRef();
    const rows = acts.map((act) => actRow({ ...act, by: nameOf(names, act) }));
    return reply
      .headers({ 'cache-control': 'no-store', 'content-disposition': 'attachment; filename="audit.csv"' })
      .type('text/csv; charset=utf-8')
      .send(toCsv(HEADINGS, rows));
  });
}
