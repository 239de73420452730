import { run } from '../keyexpr.ts';
import { type Suite } from '../lib/suite.ts';

/** Matching has no other side in another process: it prints by itself. */
export const keyexpr: Suite = { run };
