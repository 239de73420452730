import { consolidations } from './consolidation.ts';
import { deliveries } from './delivery.ts';
import type { Executors } from './executor.ts';
import { liveliness } from './liveliness.ts';
import { localities } from './locality.ts';
import { matching } from './matching.ts';
import { queries, requests } from './queries.ts';
import { raws } from './raw.ts';
import { replies } from './replies.ts';
import { targets } from './targets.ts';
import { timestamps } from './timestamps.ts';

/** By name of the entry. */
export const executors: Executors = {
  ...consolidations,
  ...replies,
  ...requests,
  ...queries,
  ...localities,
  ...matching,
  ...deliveries,
  ...timestamps,
  ...liveliness,
  ...targets,
  ...raws,
};
