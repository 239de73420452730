import { CodecError } from '../../base/index.ts';
import type { Reader, Writer } from '../../base/index.ts';
import { ID_MASK } from '../core/extension.ts';
import type { Body } from './body.ts';
import { DEL, walkDel } from './del.ts';
import { ERR, walkErr } from './err.ts';
import { PUT, walkPut } from './put.ts';
import { QUERY, walkQuery } from './query.ts';
import { REPLY, walkReply } from './reply.ts';

/*
 * Walking a body makes every check of the protocol and finds its ranges, but builds and allocates nothing. Afterwards
 * `head` and `payload` are both the reader's buffer.
 */

/** The body of a Push: PUT or DEL. */
export function walkPushBody(r: Reader, body: Body): void {
  body.head = r.buf;
  body.headStart = r.pos;
  const header = r.u8();
  switch ((body.id = header & ID_MASK)) {
    case PUT:
      return walkPut(r, header, body);
    case DEL:
      return walkDel(r, header, body);
    default:
      throw wrong('PUSH', body.id);
  }
}

/** The body of a Request: QUERY. */
export function walkRequestBody(r: Reader, body: Body): void {
  body.head = r.buf;
  body.headStart = r.pos;
  const header = r.u8();
  body.id = header & ID_MASK;
  if (body.id !== QUERY) throw wrong('REQUEST', body.id);
  walkQuery(r, header, body);
}

/** The body of a Response: REPLY or ERR. */
export function walkResponseBody(r: Reader, body: Body): void {
  body.head = r.buf;
  body.headStart = r.pos;
  const header = r.u8();
  switch ((body.id = header & ID_MASK)) {
    case REPLY:
      return walkReply(r, header, body);
    case ERR:
      return walkErr(r, header, body);
    default:
      throw wrong('RESPONSE', body.id);
  }
}

/** Writes a body as it is. */
export function writeBody(w: Writer, body: Body): void {
  w.raw(body.head, body.headStart, body.headEnd);
  w.raw(body.payload, body.payloadStart, body.payloadEnd);
}

/** Bytes of a body. */
export function bodySize(body: Body): number {
  return body.headEnd - body.headStart + body.payloadEnd - body.payloadStart;
}

function wrong(carrier: string, id: number): CodecError {
  return new CodecError(`${carrier} does not carry the body 0x${id.toString(16)}`);
}
