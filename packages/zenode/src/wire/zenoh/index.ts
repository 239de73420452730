import type { Body } from './body.ts';
import { DEL, bodyOfDel } from './del.ts';
import type { Del } from './del.ts';
import { ERR, bodyOfErr } from './err.ts';
import type { Err } from './err.ts';
import { PUT, bodyOfPut } from './put.ts';
import type { Put } from './put.ts';
import { QUERY, bodyOfQuery } from './query.ts';
import type { Query } from './query.ts';
import { bodyOfReply } from './reply.ts';
import type { Reply } from './reply.ts';

export * from './body.ts';
export * from './build.ts';
export { DEL, bodyOfDel, encodeDel, walkDel } from './del.ts';
export type { Del } from './del.ts';
export { ERR, bodyOfErr, encodeErr, walkErr, writeErrHead } from './err.ts';
export type { Err } from './err.ts';
export { E, PUT, T, bodyOfPut, copyPayload, encodePut, stampPut, stampPutHead, walkPut, writePutHead } from './put.ts';
export type { Put } from './put.ts';
export { ConsolidationMode, QUERY, bodyOfQuery, encodeQuery, walkQuery } from './query.ts';
export type { Query, QueryValue } from './query.ts';
export { REPLY, bodyOfReply, encodeReply, walkReply, writeReplyHead } from './reply.ts';
export type { Reply } from './reply.ts';
export * from './walk.ts';

/** A body from any value: a head of its own, and the payload as it is, not copied (of a Query it is in the head). */
export function bodyOf(value: Put | Del | Query | Reply | Err): Body {
  switch (value.id) {
    case PUT:
      return bodyOfPut(value);
    case DEL:
      return bodyOfDel(value);
    case QUERY:
      return bodyOfQuery(value);
    case ERR:
      return bodyOfErr(value);
    default:
      return bodyOfReply(value);
  }
}
