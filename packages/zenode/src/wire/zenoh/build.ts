import { buildDel } from './del.ts';
import { buildErr } from './err.ts';
import { buildPut } from './put.ts';
import { buildQuery } from './query.ts';
import { buildReply } from './reply.ts';

/** What makes objects of bodies that were walked. */
export interface Builders {
  put: typeof buildPut;
  del: typeof buildDel;
  query: typeof buildQuery;
  reply: typeof buildReply;
  err: typeof buildErr;
}

/**
 * Sessions build through this, and nobody else builds: a test replaces them by ones that throw, to show that what is only
 * passed on is never built.
 */
export const builders: Builders = {
  put: buildPut,
  del: buildDel,
  query: buildQuery,
  reply: buildReply,
  err: buildErr,
};
