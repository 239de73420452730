import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Reader } from '../base/index.ts';
import { bytesOf, decoded, encoded, hex } from '../testing/index.ts';
import {
  CLOSE,
  DECLARE,
  DEL,
  ERR,
  FRAGMENT,
  FRAME,
  HELLO,
  INIT,
  INTEREST,
  JOIN,
  KEEP_ALIVE,
  OAM,
  OPEN,
  PUSH,
  PUT,
  QUERY,
  REPLY,
  REQUEST,
  RESPONSE,
  SCOUT,
  builders,
  decodeNetworkMessage,
  decodeScoutingMessage,
  decodeTransportMessage,
  encodeClose,
  encodeDel,
  encodeErr,
  encodeFragmentHeader,
  encodeFrameHeader,
  encodeHello,
  encodeInit,
  encodeJoin,
  encodeKeepAlive,
  encodeNetworkMessage,
  encodeOpen,
  encodePut,
  encodeQuery,
  encodeReply,
  encodeScout,
  isNetworkHeader,
  qosCongestionControl,
  qosExpress,
  qosPriority,
  readTimestamp,
  whatAmIText,
} from './index.ts';
import type {
  Body,
  Declare,
  Del,
  Encoding,
  Err,
  Interest,
  NetworkMessage,
  Put,
  Query,
  Reply,
  ScoutingMessage,
  SourceInfo,
  Timestamp,
  TimestampStack,
  TransportMessage,
  WireExpr,
} from './index.ts';
import type { Writer } from '../base/index.ts';

/** Bytes that nodes of zenoh 1.10.2 sent: decoded to the fields that were noted, and encoded to the same bytes again. */

interface Vector {
  readonly name: string;
  readonly hex: string;
  readonly fields: Fields;
}
type Fields = Readonly<Record<string, unknown>>;

function load(name: string): Vector[] {
  const url = new URL(`../../test/vectors/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as Vector[];
}

const PRIORITIES = [
  'Control',
  'RealTime',
  'InteractiveHigh',
  'InteractiveLow',
  'DataHigh',
  'Data',
  'DataLow',
  'Background',
];
const DECLARATIONS: Readonly<Record<number, string>> = {
  0: 'D_KEYEXPR',
  1: 'U_KEYEXPR',
  2: 'D_SUBSCRIBER',
  3: 'U_SUBSCRIBER',
  4: 'D_QUERYABLE',
  5: 'U_QUERYABLE',
  6: 'D_TOKEN',
  7: 'U_TOKEN',
  0x1a: 'D_FINAL',
};

function key(e: WireExpr, m: boolean = true): Fields {
  return {
    scope: e.scope,
    ...(e.suffix === '' ? {} : { suffix: e.suffix }),
    ...(m ? { M: e.fromSender ? 1 : 0 } : {}),
    N: e.suffix === '' ? 0 : 1,
  };
}

function qosFields(qos: number): Fields {
  return {
    raw: qos,
    priority: PRIORITIES[qosPriority(qos)],
    cc: ['Drop', 'Block', 'BlockFirst'][qosCongestionControl(qos)],
    express: qosExpress(qos),
    ...(qos >> 6 ? { reserved: qos >> 6 } : {}),
  };
}

function timeFields(t: Timestamp): Fields {
  return { time: String(t.time), id: t.id.toString() };
}

function encodingFields(e: Encoding): Fields {
  const [id, schema] = e.toIdSchema();
  return schema === undefined ? { id } : { id, schema };
}

function sourceFields(s: SourceInfo): Fields {
  return { zid: s.sourceId.zid.toString(), eid: s.sourceId.eid, sn: s.sourceSn };
}

function stackFields(stack: TimestampStack): Fields {
  const records = stack.records.map(({ flags, time }) => ({ flags, ts: timeFields(readTimestamp(new Reader(time))) }));
  return { conf: stack.flags, records };
}

const latin = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Payloads are noted as text where they are text. */
function payload(bytes: Uint8Array): string {
  return bytes.every((b) => b >= 0x20) ? latin(bytes) : `0x${hex(bytes).replaceAll(' ', '')}`;
}

function unknownFields(bytes: Uint8Array | undefined): Fields {
  if (!bytes) return {};
  const r = new Reader(bytes);
  const fields: Record<string, unknown> = {};
  for (let more = true; more;) {
    const ext = r.u8();
    more = ext > 0x7f;
    const name = `unknown_${(ext & 0x7f).toString(16)}`;
    if ((ext & 0x60) === 0x40) fields[name] = hex(r.bytes()).replaceAll(' ', '');
    else fields[name] = (ext & 0x60) === 0x20 ? r.z53() : null;
  }
  return fields;
}

function ext(fields: Fields): Fields {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return present.length > 0 ? { ext: Object.fromEntries(present) } : {};
}

function sample(m: Put | Del): Fields {
  return {
    body: m.id === PUT ? 'Put' : 'Del',
    ...(m.timestamp ? { timestamp: timeFields(m.timestamp) } : {}),
    ...(m.id === PUT && (m.encoding.id !== 0 || m.encoding.schema) ? { encoding: encodingFields(m.encoding) } : {}),
    ...ext({
      sourceInfo: m.sourceInfo && sourceFields(m.sourceInfo),
      attachment: m.attachment && payload(m.attachment),
      ...unknownFields(m.unknown),
    }),
    ...(m.id === PUT ? { payload: payload(m.payload) } : {}),
  };
}

function queryFields(m: Query): Fields {
  return {
    body: 'Query',
    ...(m.consolidation === 0 ? {} : { consolidation: m.consolidation }),
    ...(m.parameters === '' ? {} : { parameters: m.parameters }),
    ...ext({
      sourceInfo: m.sourceInfo && sourceFields(m.sourceInfo),
      queryBody: m.value && { encoding: encodingFields(m.value.encoding), payload: payload(m.value.payload) },
      attachment: m.attachment && payload(m.attachment),
    }),
  };
}

function errFields(m: Err): Fields {
  return {
    body: 'Err',
    ...(m.encoding.id !== 0 || m.encoding.schema ? { encoding: encodingFields(m.encoding) } : {}),
    payload: payload(m.payload),
  };
}

function build(body: Body): Put | Del | Query | Reply | Err {
  switch (body.id) {
    case PUT:
      return builders.put(body);
    case DEL:
      return builders.del(body);
    case QUERY:
      return builders.query(body);
    case REPLY:
      return builders.reply(body);
    default:
      return builders.err(body);
  }
}

function content(body: Body): Fields {
  const m = build(body);
  switch (m.id) {
    case QUERY:
      return queryFields(m);
    case REPLY:
      return { body: 'Reply', reply: sample(m.sample) };
    case ERR:
      return errFields(m);
    default:
      return sample(m);
  }
}

function encodeBody(w: Writer, m: Put | Del | Query | Reply | Err): void {
  switch (m.id) {
    case PUT:
      return encodePut(w, m);
    case DEL:
      return encodeDel(w, m);
    case QUERY:
      return encodeQuery(w, m);
    case REPLY:
      return encodeReply(w, m);
    default:
      return encodeErr(w, m);
  }
}

function declareContent({ declaration: d }: Declare): Fields {
  const decl = DECLARATIONS[d.kind];
  switch (decl) {
    case 'D_FINAL':
      return { decl };
    case 'D_KEYEXPR':
      return { decl, id: d.id, key: key(d.wireExpr, false) };
    case 'D_QUERYABLE': {
      const info = d.complete || d.distance ? { complete: d.complete, distance: d.distance } : undefined;
      return { decl, id: d.id, key: key(d.wireExpr), ...ext({ info }) };
    }
    case 'D_SUBSCRIBER':
    case 'D_TOKEN':
      return { decl, id: d.id, key: key(d.wireExpr) };
    case 'U_SUBSCRIBER': {
      const named = d.wireExpr.scope !== 0 || d.wireExpr.suffix !== '' || d.wireExpr.fromSender;
      return { decl, id: d.id, ...ext({ wireExpr: named ? key(d.wireExpr) : undefined }) };
    }
    default:
      return { decl, id: d.id, ...ext({ wireExpr: key(d.wireExpr) }) };
  }
}

function interestFields(m: Interest): Fields {
  let options = '';
  for (const [bit, letter] of [
    [0x01, 'K'],
    [0x02, 'S'],
    [0x04, 'Q'],
    [0x08, 'T'],
    [0x80, 'A'],
  ] as const) {
    if (m.options & bit) options += letter;
  }
  if (m.wireExpr) options += `R${m.wireExpr.suffix === '' ? '' : 'N'}${m.wireExpr.fromSender ? 'M' : ''}`;
  return {
    mode: ['Final', 'Current', 'Future', 'CurrentFuture'][m.mode],
    id: m.interestId,
    ...(m.mode === 0 ? {} : { options }),
    ...(m.wireExpr ? { key: key(m.wireExpr) } : {}),
  };
}

function networkFields(m: NetworkMessage): Fields {
  const common = { qos: m.qos === 5 ? undefined : qosFields(m.qos), timestamp: m.timestamp && timeFields(m.timestamp) };
  const node = 'nodeId' in m && m.nodeId !== 0 ? m.nodeId : undefined;
  const tstack = 'timestampStack' in m && m.timestampStack ? stackFields(m.timestampStack) : undefined;
  switch (m.id) {
    case PUSH:
      return { msg: 'Push', key: key(m.wireExpr), ...ext({ ...common, node, tstack }), content: content(m.body) };
    case REQUEST:
      return {
        msg: 'Request',
        id: m.requestId,
        key: key(m.wireExpr),
        ...ext({
          ...common,
          target: m.target === 0 ? undefined : ['All', 'AllComplete'][m.target - 1],
          timeout: m.timeoutMs,
          node,
          tstack,
        }),
        content: content(m.body),
      };
    case RESPONSE:
      return {
        msg: 'Response',
        id: m.requestId,
        key: key(m.wireExpr),
        ...ext({
          ...common,
          responder: m.responder && { zid: m.responder.zid.toString(), eid: m.responder.eid },
          tstack,
        }),
        content: content(m.body),
      };
    case DECLARE:
      return {
        msg: 'Declare',
        ...(m.interestId === undefined ? {} : { interest: m.interestId }),
        ...ext({ ...common, node }),
        content: declareContent(m),
      };
    case INTEREST:
      return { msg: 'Interest', ...interestFields(m), ...ext({ ...common, node }) };
    case OAM:
      assert.ok(m.body instanceof Uint8Array);
      return { msg: 'OAM', id: m.oamId, ...ext(common), content: { body: `0x${hex(m.body).replaceAll(' ', '')}` } };
    default:
      return { msg: 'ResponseFinal', id: m.requestId, ...ext(common) };
  }
}

/** The fields as they were noted, without the order of extensions: that shows in the bytes. Options are a set. */
function normal(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value)
    .filter(([name]) => name !== 'extOrder')
    .map(([name, field]) => [name, name === 'options' ? String(field).split('').sort().join('') : normal(field)]);
  return Object.fromEntries(entries) as unknown;
}

const network = load('network');
test('vectors: all of the network file are there', () => assert.equal(network.length, 98));

for (const { name, hex: text, fields } of network) {
  test(`vectors: network ${name}`, () => {
    const bytes = bytesOf(text);
    const m = decoded((r) => {
      r.pos--;
      return decodeNetworkMessage(r);
    }, bytes);
    assert.deepEqual(normal(networkFields(m)), normal(fields));
    assert.equal(hex(encoded(encodeNetworkMessage, m)), hex(bytes));
    if (m.id === PUSH || m.id === REQUEST || m.id === RESPONSE) {
      const { head, headStart, payloadEnd } = m.body;
      assert.equal(hex(encoded(encodeBody, build(m.body))), hex(head, headStart, payloadEnd));
    }
  });
}

/** The batch without its framing, which is the matter of links. */
function batchOf({ hex: text, fields }: Vector): Uint8Array {
  const whole = bytesOf(text);
  if (typeof fields['plain_batch'] === 'string') return bytesOf(fields['plain_batch']);
  if (typeof fields['batch'] === 'string') return bytesOf(fields['batch']);
  const framing = String(fields['framing']);
  let start = 0;
  let end = whole.length;
  if (framing.startsWith('u16-LE')) start = 2;
  if (framing.startsWith('u32-LE')) start = 4;
  if (framing.startsWith('RFC 6455')) start = 2;
  if (framing.startsWith('u')) end = start + (whole[0] ?? 0) + 256 * (whole[1] ?? 0);
  if (framing.includes('batch header')) start++;
  return whole.slice(start, end);
}

const compact = (bytes: Uint8Array | undefined): string => hex(bytes ?? new Uint8Array()).replaceAll(' ', '');

/** Which of the noted fields of a transport message are to be found, and what is found there. */
function transportFields(m: TransportMessage | ScoutingMessage, header: number): Fields {
  const exts: Fields[] = [];
  const add = (name: string, present: unknown, value: unknown): void => {
    if (present) exts.push({ name, value });
  };
  const common = { header: header.toString(16).padStart(2, '0') };
  const withExts = (fields: Fields): Fields => ({ ...common, ...fields, ...(exts.length > 0 ? { ext: exts } : {}) });
  switch (m.id as number) {
    case INIT: {
      const i = m as Extract<TransportMessage, { id: typeof INIT }>;
      add('QoS', i.qos, null);
      add('QoSLink', i.qosLink !== undefined, i.qosLink);
      add('Shm', i.shm, compact(i.shm));
      add('Auth', i.auth, compact(i.auth));
      add('MultiLink', i.multiLink, compact(i.multiLink));
      add('LowLatency', i.lowLatency, null);
      add('Compression', i.compression, null);
      add('Patch', i.patch !== 0, i.patch);
      add('RegionName', i.regionName, compact(i.regionName));
      return withExts({
        message: i.ack ? 'InitAck' : 'InitSyn',
        version: i.version,
        role: whatAmIText(i.whatami),
        zid: compact(i.zid.bytes),
        zid_text: i.zid.toString(),
        resolution: i.resolution,
        batch: i.batchSize,
        cookie: compact(i.cookie),
      });
    }
    case OPEN: {
      const o = m as Extract<TransportMessage, { id: typeof OPEN }>;
      add('Shm', o.shm, compact(o.shm));
      add('Auth', o.auth, compact(o.auth));
      add('MultiLinkSyn', o.multiLink, compact(o.multiLink));
      add('MultiLinkAck', o.multiLinkAck, null);
      return withExts({
        message: o.ack ? 'OpenAck' : 'OpenSyn',
        lease_ms: o.leaseMs,
        sn: o.initialSn,
        cookie: compact(o.cookie),
      });
    }
    default:
      break;
  }
  const t = m as Exclude<TransportMessage, { id: typeof INIT | typeof OPEN }>;
  switch (t.id) {
    case CLOSE:
      return withExts({ message: 'Close', S: t.session, reason: t.reason });
    case KEEP_ALIVE:
      return withExts({ message: 'KeepAlive' });
    case FRAME:
      add('QoS', t.priority !== 5, t.priority);
      return withExts({ message: 'Frame', R: t.reliable, sn: t.sn });
    case FRAGMENT:
      add('QoS', t.priority !== 5, t.priority);
      add('First', t.first, null);
      return withExts({ message: 'Fragment', R: t.reliable, M: t.more, sn: t.sn });
    case JOIN: {
      const pairs = t.qos?.flatMap(({ reliable, bestEffort }) => [reliable, bestEffort]);
      const qos = pairs && encoded((w: Writer, ns: number[]) => ns.forEach((n) => w.z(n)), pairs);
      add('QoS', qos, compact(qos));
      add('Patch', t.patch !== 0, t.patch);
      return withExts({
        message: 'Join',
        version: t.version,
        role: whatAmIText(t.whatami),
        zid: compact(t.zid.bytes),
        zid_text: t.zid.toString(),
        resolution: t.resolution,
        batch: t.batchSize,
        lease_ms: t.leaseMs,
        next_r: t.nextSn.reliable,
        next_be: t.nextSn.bestEffort,
      });
    }
    default:
      return assert.fail(`message ${t.id} is not noted anywhere`);
  }
}

function encodeTransport(w: Writer, m: TransportMessage): void {
  switch (m.id) {
    case INIT:
      return encodeInit(w, m);
    case OPEN:
      return encodeOpen(w, m);
    case CLOSE:
      return encodeClose(w, m);
    case KEEP_ALIVE:
      return encodeKeepAlive(w, m);
    case FRAME:
      return encodeFrameHeader(w, m.reliable, m.sn, m.priority);
    case FRAGMENT:
      return encodeFragmentHeader(w, m.reliable, m.more, m.sn, m.priority, m.first, m.drop);
    case JOIN:
      return encodeJoin(w, m);
    default:
      return assert.fail();
  }
}

/** Network messages in transport vectors are noted in fewer words. */
function assertNetwork(m: NetworkMessage, noted: Fields): void {
  const names = { [PUSH]: 'Push', [DECLARE]: 'Declare', [OAM]: 'OAM' } as Record<number, string>;
  assert.equal(names[m.id], noted['message']);
  const exts = (noted['ext'] as readonly { name: string; value: number }[] | undefined) ?? [];
  assert.equal(m.qos, exts.find(({ name }) => name === 'QoS')?.value ?? 5);
  if (m.id === PUSH) {
    const expr = noted['wire_expr'] as Fields;
    assert.deepEqual(
      { scope: m.wireExpr.scope, suffix: m.wireExpr.suffix, M: Number(m.wireExpr.fromSender) },
      { scope: expr['scope'], suffix: expr['suffix'], M: expr['M'] },
    );
    const body = noted['body'] as Fields;
    const put = builders.put(m.body);
    assert.equal(put.payload.length, body['payload_len']);
    assert.ok(compact(put.payload).startsWith(String(body['payload']).replace('...', '')));
  }
  if (m.id === OAM) assert.deepEqual([m.oamId, compact(m.body as Uint8Array)], [noted['id'], noted['v']]);
}

function assertNoted(actual: Fields, noted: Fields, ignored: readonly string[]): void {
  for (const [name, value] of Object.entries(noted)) {
    if (!ignored.includes(name)) assert.deepEqual(actual[name], value, name);
  }
  if (noted['ext'] === undefined) assert.equal(actual['ext'], undefined);
}

const transport = load('transport');
test('vectors: all of the transport file are there', () => assert.equal(transport.length, 60));

for (const vector of transport) {
  test(`vectors: transport ${vector.name}`, () => {
    const batch = batchOf(vector);
    const messages = vector.fields['messages'] as readonly Fields[];
    const r = new Reader(batch);
    if (vector.name.startsWith('hello') || vector.name.startsWith('scout')) {
      const m = decodeScoutingMessage(r);
      const noted = messages[0]!;
      assert.equal(m.version, noted['version']);
      if (m.id === SCOUT) {
        assert.equal(m.what, noted['what']);
        assert.equal(hex(encoded(encodeScout, m)), hex(batch));
      } else {
        assert.equal(m.id, HELLO);
        assert.deepEqual(m.locators.map(String), noted['locators'] ?? []);
        assert.deepEqual([whatAmIText(m.whatami), m.zid.toString()], [noted['role'], noted['zid_text']]);
        assert.equal(hex(encoded(encodeHello, m)), hex(batch));
      }
      return;
    }
    for (const noted of messages) {
      const inner = (noted['network_messages'] as readonly Fields[] | undefined) ?? [];
      if (noted['message'] !== 'net') {
        const start = r.pos;
        const m = decodeTransportMessage(r);
        // `T` and `S` are flags, `lease` is in the unit of `T`: they show in the bytes.
        const ignored = ['S', 'T', 'lease', 'defaults_used', 'network_messages', 'payload_len', 'payload_head'];
        const isClose = noted['message'] === 'Close';
        assertNoted(transportFields(m, batch[start]!), noted, isClose ? [] : ignored);
        assert.equal(hex(encoded(encodeTransport, m)), hex(batch, start, r.pos));
        if (m.id === FRAGMENT) {
          assert.equal(r.left, noted['payload_len']);
          assert.equal(compact(batch.subarray(r.pos, r.pos + 16)), noted['payload_head']);
          r.pos = r.end;
        }
      }
      for (const message of inner) {
        const start = r.pos;
        assert.ok(isNetworkHeader(batch[start]!));
        const m = decodeNetworkMessage(r);
        assertNetwork(m, message);
        assert.equal(hex(encoded(encodeNetworkMessage, m)), hex(batch, start, r.pos));
      }
    }
    assert.equal(r.left, 0);
  });
}
