import { CodecError, utf8Length } from '../base/index.ts';
import { isCanonical, literalPrefix } from '../keyexpr/index.ts';
import type { WireExpr } from '../wire/index.ts';
import type { Face } from './face.ts';

/** Aliases are 16 bits wide. */
const MAX_ALIAS = 0xffff;

/** What fits into a suffix, whose length is 16 bits: an alias does not make a key longer. */
const MAX_KEY = 0xffff;

/** A key has this many chunks at most where it is looked for among aliases. */
const ALIAS_CHUNKS = 256;

/**
 * The full text of a wire expression that came from a face; undefined if its scope was never declared. The text is
 * whatever the remote made of it: it may be no key expression. @throws CodecError if no node could write it as text
 */
export function resolve(face: Face, e: WireExpr): string | undefined {
  if (e.scope === 0) return e.suffix;
  const mapping = (e.fromSender ? face.remoteMappings : face.localMappings)[e.scope];
  if (mapping === undefined) return undefined;
  if (e.suffix === '') return mapping.key;
  // A character has three bytes at most.
  if (
    (mapping.key.length + e.suffix.length) * 3 > MAX_KEY &&
    utf8Length(mapping.key) + utf8Length(e.suffix) > MAX_KEY
  ) {
    throw new CodecError(`a key is longer than ${MAX_KEY} bytes`);
  }
  return mapping.key + e.suffix;
}

/** A key as the face knows it best: the longest alias, of the face's own before ours, then the rest as text. */
export function wireExprFor(face: Face, key: string): WireExpr {
  if (face.remoteIds.size > 0 || face.localIds.size > 0) {
    for (let end = aliasEnd(key); end > 0; end = key.lastIndexOf('/', end - 1)) {
      const prefix = key.slice(0, end);
      const remote = face.remoteIds.get(prefix);
      if (remote !== undefined) return { scope: remote, suffix: key.slice(end), fromSender: false };
      const local = face.localIds.get(prefix);
      if (local !== undefined) return { scope: local, suffix: key.slice(end), fromSender: true };
    }
  }
  return { scope: 0, suffix: key, fromSender: true };
}

/** Where the longest part of a key ends that may have an alias. Each part that is tried costs its length. */
function aliasEnd(key: string): number {
  if (key.length < 2 * ALIAS_CHUNKS) return key.length;
  let end = -1;
  for (let chunks = 0; chunks < ALIAS_CHUNKS; chunks++) {
    end = key.indexOf('/', end + 1);
    if (end < 0) return key.length;
  }
  return end;
}

/** A new alias for the literal part of `key`, if a declaration to this face should have one; already bound when it returns. */
export function aliasFor(face: Face, key: string): { readonly id: number; readonly key: string } | undefined {
  const prefix = isCanonical(key) ? literalPrefix(key) : undefined;
  if (prefix === undefined || prefix === '') return undefined;
  if (face.remoteIds.has(prefix) || face.localIds.has(prefix) || !face.wantsAlias(prefix, key)) return undefined;
  let id = face.aliasFrom;
  while (id <= MAX_ALIAS && (face.localMappings[id] !== undefined || face.remoteMappings[id] !== undefined)) id++;
  face.aliasFrom = id + 1;
  if (id > MAX_ALIAS) return undefined;
  face.localMappings[id] = { key: prefix, routed: undefined };
  face.localIds.set(prefix, id);
  return { id, key: prefix };
}

/** Binds an alias that the face declared. The first binding stays. */
export function bindRemote(face: Face, id: number, key: string): boolean {
  if (id === 0 || face.remoteMappings[id] !== undefined || !isCanonical(key)) return false;
  face.keys.add(key);
  face.remoteMappings[id] = { key, routed: undefined };
  if (!face.remoteIds.has(key)) face.remoteIds.set(key, id);
  return true;
}

/** An alias of the face ends. False: there is none of that number. */
export function unbindRemote(face: Face, id: number): boolean {
  const mapping = face.remoteMappings[id];
  if (mapping === undefined) return false;
  face.keys.remove(mapping.key);
  // The number is not taken for an alias of ours, not even later: messages that mean the old one may be on their way.
  face.remoteMappings[id] = undefined;
  // Another id of the same key goes on to resolve; it is not looked for, since text says the same.
  if (face.remoteIds.get(mapping.key) === id) face.remoteIds.delete(mapping.key);
  return true;
}
