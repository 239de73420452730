import { encoded } from '../../src/testing/index.ts';
import {
  type Body,
  bodyOfDel,
  bodyOfErr,
  bodyOfPut,
  bodyOfQuery,
  bodyOfReply,
  D_FINAL,
  type DeclarationKind,
  declaration,
  DECLARE,
  DEL,
  Encoding,
  encodeNetworkMessage,
  type EntityGlobalId,
  ERR,
  INTEREST,
  type InterestMode,
  type NetworkMessage,
  NULL_WIRE_EXPR,
  PUSH,
  PUT,
  QOS_DECLARE,
  QOS_DEFAULT,
  QOS_REQUEST,
  QUERY,
  REPLY,
  REQUEST,
  RESPONSE,
  RESPONSE_FINAL,
  type Timestamp,
  type WireExpr,
  wireExprOf,
} from '../../src/wire/index.ts';

/** Messages of nodes that are written by hand. A key is text, or an alias with what follows it. */
export type Key = string | WireExpr;

export function aliased(scope: number, suffix: string = ''): WireExpr {
  return { scope, suffix, fromSender: true };
}

function keyOf(key: Key): WireExpr {
  return typeof key === 'string' ? wireExprOf(key) : key;
}

const ascii = new TextEncoder();
const extras = { sourceInfo: undefined, attachment: undefined, unknown: undefined };

export function declare(kind: DeclarationKind, id: number, key: Key = NULL_WIRE_EXPR, interestId?: number): Uint8Array {
  return encoded(encodeNetworkMessage, {
    id: DECLARE,
    interestId,
    qos: QOS_DECLARE,
    timestamp: undefined,
    nodeId: 0,
    declaration: declaration(kind, id, keyOf(key)),
  });
}

export function declareFinal(interestId: number): Uint8Array {
  return declare(D_FINAL, 0, NULL_WIRE_EXPR, interestId);
}

export function interest(interestId: number, mode: InterestMode, options: number, key?: Key): Uint8Array {
  return encoded(encodeNetworkMessage, {
    id: INTEREST,
    interestId,
    mode,
    options,
    wireExpr: key === undefined ? undefined : keyOf(key),
    qos: QOS_DECLARE,
    timestamp: undefined,
    nodeId: 0,
  });
}

/** A Put of a text; without one, a Del. */
export function push(key: Key, text: string | undefined, timestamp?: Timestamp): Uint8Array {
  return encoded(encodeNetworkMessage, {
    id: PUSH,
    wireExpr: keyOf(key),
    qos: QOS_DEFAULT,
    timestamp: undefined,
    nodeId: 0,
    timestampStack: undefined,
    body: text === undefined ? bodyOfDel(del(timestamp)) : bodyOfPut(put(text, timestamp)),
  });
}

function put(text: string, timestamp: Timestamp | undefined): Parameters<typeof bodyOfPut>[0] {
  return { id: PUT, timestamp, encoding: Encoding.ZENOH_BYTES, ...extras, payload: ascii.encode(text) };
}

function del(timestamp: Timestamp | undefined): Parameters<typeof bodyOfDel>[0] {
  return { id: DEL, timestamp, ...extras };
}

export function request(requestId: number, key: Key, timeoutMs?: number): Uint8Array {
  return encoded(encodeNetworkMessage, {
    id: REQUEST,
    requestId,
    wireExpr: keyOf(key),
    qos: QOS_REQUEST,
    timestamp: undefined,
    target: 0,
    budget: 0,
    timeoutMs,
    nodeId: 0,
    timestampStack: undefined,
    body: bodyOfQuery({ id: QUERY, consolidation: 1, parameters: '', value: undefined, ...extras }),
  });
}

interface Answer {
  readonly qos?: number;
  readonly responder?: EntityGlobalId;
}

/** A reply with a text; without one, with a deletion. */
export function reply(
  requestId: number,
  key: Key,
  text: string | undefined,
  { timestamp, ...answer }: Answer & { readonly timestamp?: Timestamp } = {},
): Uint8Array {
  const sample = text === undefined ? del(timestamp) : put(text, timestamp);
  return response(requestId, key, bodyOfReply({ id: REPLY, consolidation: 0, unknown: undefined, sample }), answer);
}

export function replyErr(requestId: number, key: Key, text: string): Uint8Array {
  const payload = ascii.encode(text);
  const { sourceInfo, unknown } = extras;
  return response(requestId, key, bodyOfErr({ id: ERR, encoding: Encoding.ZENOH_BYTES, sourceInfo, unknown, payload }));
}

function response(requestId: number, key: Key, body: Body, { qos = QOS_REQUEST, responder }: Answer = {}): Uint8Array {
  const common = { qos, timestamp: undefined, responder, timestampStack: undefined };
  return encoded(encodeNetworkMessage, { id: RESPONSE, requestId, wireExpr: keyOf(key), ...common, body });
}

export function responseFinal(requestId: number): Uint8Array {
  return encoded(encodeNetworkMessage, { id: RESPONSE_FINAL, requestId, qos: QOS_REQUEST, timestamp: undefined });
}

/** The messages of one kind. */
export function those<M extends NetworkMessage, I extends M['id']>(
  heard: readonly { readonly message: M }[],
  id: I,
): Extract<M, { readonly id: I }>[] {
  return heard.map(({ message }) => message).filter((m): m is Extract<M, { readonly id: I }> => m.id === id);
}
