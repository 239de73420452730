import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** What docs/protocol/07-session-api.md declares, sections 18.1 to 18.7. */
function declared(): string {
  const text = readFileSync(new URL('../../../../docs/protocol/07-session-api.md', import.meta.url), 'utf8');
  const part = text.slice(text.indexOf('### 18.1 '), text.indexOf('### 18.8 '));
  const blocks = [...part.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block]) => block);
  // Ours take what is read-only, too.
  return blocks
    .join('\n')
    .replace(
      'Map<string, string> | Record<string, string>',
      'ReadonlyMap<string, string> | Readonly<Record<string, string>>',
    )
    .replace('| [KeyExpr, Parameters] |', '| readonly [KeyExpr, Parameters] |');
}

/** Where our values and types are; each must be usable as the one declared. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  './enums.ts': [
    'Priority', 'CongestionControl', 'Reliability', 'Locality', 'SampleKind', 'QueryTarget', 'ConsolidationMode',
    'WhatAmI', 'ReplyKeyExpr', 'SetIntersectionLevel',
  ],
  './duration.ts': ['Duration'],
  '../keyexpr/index.ts': ['KeyExpr', 'KeFormat', 'Parameters', 'Selector'],
  './zbytes.ts': ['ZBytes'],
  '../wire/index.ts': ['Encoding', 'ZenohId', 'Timestamp'],
  './channels.ts': ['ChannelState', 'TryReceivedKind', 'FifoChannel', 'RingChannel', 'BlockingChannel'],
  './cancellation.ts': ['CancellationToken'],
  './sample.ts': ['Sample'],
  './reply.ts': ['ReplyError', 'Reply'],
  './config.ts': ['Config'],
  './info.ts': ['TransportInfo', 'LinkInfo', 'TransportEvent', 'LinkEvent', 'MatchingStatus'],
}; // prettier-ignore
const TYPES: Readonly<Record<string, readonly string[]>> = {
  './enums.ts': VALUES['./enums.ts']!,
  './duration.ts': ['TimeDuration', 'IntoDuration'],
  '../keyexpr/index.ts': ['IntoKeyExpr', 'IntoParameters', 'IntoSelector', 'KeParsed'],
  './zbytes.ts': ['IntoZBytes'],
  '../wire/index.ts': ['IntoEncoding', 'EntityGlobalId', 'SourceInfo'],
  './reply.ts': ['ReplyOptions', 'ReplyDelOptions', 'ReplyErrOptions'],
  './options.ts': [
    'PutOptions', 'DeleteOptions', 'GetOptions', 'PublisherOptions', 'SubscriberOptions', 'QuerierOptions',
    'QuerierGetOptions', 'PublisherPutOptions', 'PublisherDeleteOptions', 'MatchingListenerOptions',
    'TransportEventsListenerOptions', 'LinkEventsListenerOptions', 'LivelinessSubscriberOptions', 'LivelinessGetOptions',
  ],
  './cancellation.ts': ['Abortable'],
  './info.ts': ['Hello'],
  './reply-stream.ts': ['ReplyStream'],
  './publisher.ts': ['Publisher'],
  './subscriber.ts': ['Subscriber'],
  './query.ts': ['Query'],
  './queryable.ts': ['Queryable', 'QueryableOptions'],
  './querier.ts': ['Querier'],
  './matching-listener.ts': ['MatchingListener'],
  './liveliness.ts': ['Liveliness', 'LivelinessToken'],
  './open.ts': ['OpenOptions'],
  './config.ts': ['ConfigObject', 'IntoConfig'],
}; // prettier-ignore
/** What receives values: the declared one must be usable as ours, too. */
const GENERIC: Readonly<Record<string, readonly string[]>> = {
  './channels.ts': ['ChannelReceiver', 'ChannelSender', 'IntoSenderReceiverPair', 'TryReceived'],
  './handler.ts': ['Callback', 'Handler'],
};
const ERRORS = [
  'SessionClosedError', 'KeyExprError', 'ConfigError', 'ConnectError', 'TimeoutError', 'CancelledError',
  'ReplyKeyExprError', 'QueryError', 'DecodeError', 'ChannelClosedError', 'UnsupportedError',
]; // prettier-ignore

function checks(): string {
  const lines: string[] = ["import type * as doc from './declared.js';"];
  let n = 0;
  const inFile = (file: string): string => {
    lines.push(`import type * as our${++n} from '${file}';`);
    return `our${n}`;
  };
  for (const [file, names] of Object.entries(VALUES)) {
    const our = inFile(file);
    for (const name of names)
      lines.push(
        `declare const v${name}: typeof ${our}.${name};`,
        `export const value${name}: typeof doc.${name} = v${name};`,
      );
  }
  for (const [file, names] of Object.entries(TYPES)) {
    const our = inFile(file);
    for (const name of names) {
      lines.push(`export const type${name} = (x: ${our}.${name}): doc.${name} => x;`);
      if (/Options|Abortable|Duration$/.test(name))
        lines.push(`export const keys${name} = (x: keyof doc.${name}): keyof ${our}.${name} => x;`);
      else if (VALUES['./enums.ts']!.includes(name))
        lines.push(`export const back${name} = (x: doc.${name}): ${our}.${name} => x;`);
    }
  }
  for (const [file, names] of Object.entries(GENERIC)) {
    const our = inFile(file);
    for (const name of names) {
      lines.push(`export const there${name} = (x: ${our}.${name}<string>): doc.${name}<string> => x;`);
      lines.push(`export const back${name} = (x: doc.${name}<string>): ${our}.${name}<string> => x;`);
    }
  }
  // What a session tells of its transports and links is not there yet.
  const session = inFile('./session.ts');
  const rest = "'info' | 'addEventListener' | 'removeEventListener'";
  lines.push(`export const typeSession = (x: ${session}.Session): Omit<doc.Session, ${rest}> => x;`);
  const our = inFile('./errors.ts');
  for (const name of ERRORS)
    lines.push(`export const error${name} = (x: ${our}.${name}): Omit<doc.${name}, 'code'> => x;`);
  lines.push(`export const codes = (x: doc.ZErrorCode): ${our}.ZErrorCode => x;`);
  lines.push(`export const rest: 'LISTEN_FAILED' = null as unknown as Exclude<${our}.ZErrorCode, doc.ZErrorCode>;`);
  return lines.join('\n');
}

test('declarations: what is exported can be used as the documentation declares it', () => {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const virtual = new Map([
    [`${here}declared.d.ts`, declared()],
    [`${here}declared-check.ts`, checks()],
  ]);
  const config = fileURLToPath(new URL('../../../../tsconfig.base.json', import.meta.url));
  const base = ts.parseJsonConfigFileContent(
    ts.readConfigFile(config, (path) => readFileSync(path, 'utf8')).config,
    ts.sys,
    here,
  );
  const options: ts.CompilerOptions = {
    ...base.options,
    types: ['node'],
    incremental: false,
    exactOptionalPropertyTypes: false,
    // Classes with private members are told apart, so what takes one is compared in either direction.
    strictFunctionTypes: false,
    isolatedDeclarations: false,
    declaration: false,
  };
  const host = ts.createCompilerHost(options);
  const disk = ts.createCompilerHost(options);
  host.readFile = (path): string | undefined => virtual.get(path) ?? disk.readFile(path);
  host.fileExists = (path): boolean => virtual.has(path) || disk.fileExists(path);
  host.getSourceFile = (path, target, ...rest): ts.SourceFile | undefined => {
    const text = virtual.get(path);
    return text === undefined
      ? disk.getSourceFile(path, target, ...rest)
      : ts.createSourceFile(path, text, target, true);
  };
  const program = ts.createProgram([...virtual.keys()], options, host);
  const found = [...virtual.keys()].flatMap((path) => [
    ...program.getSyntacticDiagnostics(program.getSourceFile(path)),
    ...program.getSemanticDiagnostics(program.getSourceFile(path)),
  ]);
  assert.equal(found.length, 0, ts.formatDiagnostics(found, host));
});
