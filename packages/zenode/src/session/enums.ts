import { type Names, withNames } from '../base/index.ts';

export { type Names } from '../base/index.ts';
export { SetIntersectionLevel } from '../keyexpr/index.ts';
export { CongestionControl, ConsolidationMode, Priority, QueryTarget, Reliability, WhatAmI } from '../wire/index.ts';

/** Which side of the session boundary takes part. */
export const Locality: Names & {
  readonly SESSION_LOCAL: 0;
  readonly REMOTE: 1;
  readonly ANY: 2;
  readonly DEFAULT: 2;
} = withNames({ SESSION_LOCAL: 0, REMOTE: 1, ANY: 2, DEFAULT: 2 } as const);
export type Locality = 0 | 1 | 2;

/** Kind of a sample or of a connectivity event. */
export const SampleKind: Names & { readonly PUT: 0; readonly DELETE: 1 } = withNames({ PUT: 0, DELETE: 1 } as const);
export type SampleKind = 0 | 1;

/** Keys a query accepts in replies. */
export const ReplyKeyExpr: Names & {
  readonly ANY: 0;
  readonly MATCHING_QUERY: 1;
  readonly DEFAULT: 1;
} = withNames({ ANY: 0, MATCHING_QUERY: 1, DEFAULT: 1 } as const);
export type ReplyKeyExpr = 0 | 1;
