import type { AnswersRoom } from './answers/answers.room.ts';
import type { DeliveryService } from './deliveries/delivery.service.ts';
import type { IncomingService } from './mail/incoming/incoming.service.ts';
import type { OfficesRoom } from './offices/offices.room.ts';
import type { NoticeItem } from './organisers/notice.service.ts';

const COMPLAINTS_LOOKED_AT = 100;

/** What organisers are written of at once, from every room that knows of something. */
export async function listNoticeItems(rooms: {
  answers: Pick<AnswersRoom['answers'], 'listAnswers'>;
  letters: Pick<DeliveryService, 'listDoubtful'>;
  offices: Pick<OfficesRoom, 'listOffices'>;
  incoming: Pick<IncomingService, 'listLatest'>;
}): Promise<NoticeItem[]> {
  const [answers, doubtful, offices, incoming] = await Promise.all([
    rooms.answers.listAnswers(),
    rooms.letters.listDoubtful(),
    rooms.offices.listOffices(),
    rooms.incoming.listLatest(COMPLAINTS_LOOKED_AT),
  ]);
  return [
    ...answers
      .filter(({ published }) => !published)
      .map(({ _id, at }) => ({
        kind: 'answer' as const,
        id: _id,
        since: at,
        path: `/organise/answers/${_id}`,
        route: '/answers/:ref',
      })),
    ...doubtful.map(({ _id, releases, plannedAt, endedAt = plannedAt }) => ({
      kind: 'failure' as const,
      id: `${_id}:${releases}`,
      since: endedAt,
      path: `/organise/deliveries/${encodeURIComponent(_id)}`,
      route: '/deliveries/:ref',
    })),
    ...offices.flatMap(({ _id, channels }) =>
      channels.flatMap(({ state, failedAt }) =>
        state === 'failing' && failedAt
          ? [
              {
                kind: 'failure' as const,
                id: `${_id}:${failedAt.getTime()}`,
                since: failedAt,
                path: `/organise/offices/${_id}`,
                route: '/offices/:ref/:act',
              },
            ]
          : [],
      ),
    ),
    ...incoming
      .filter(({ kind }) => kind === 'complaint')
      .map(({ _id, at }) => ({
        kind: 'complaint' as const,
        id: _id,
        since: at,
        path: `/organise/incoming/${_id.slice(2, 14)}`,
        route: '/incoming/:ref',
      })),
  ];
}
