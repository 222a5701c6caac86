import * as z from 'zod';
import { isDay, isZone } from '../lib/days.ts';
import { SPANS } from './series.ts';

const day = z.string().refine(isDay).optional().catch(undefined);

/** What of a petition is looked at; what cannot be read is as if it were not there. */
export const TrackingQuery = z.object({
  span: z.enum(SPANS).catch('30d'),
  /** the last day; today where it is not given */
  to: day,
  zone: z.string().refine(isZone).optional().catch(undefined),
  /** what it is held against: `before`, `period` (which ends with `otherTo`), or the slug of another petition */
  against: z.string().max(200).catch(''),
  otherTo: day,
});
export type TrackingQuery = z.output<typeof TrackingQuery>;
