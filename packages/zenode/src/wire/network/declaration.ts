import { CodecError } from '../../base/index.ts';
import type { Reader, Writer } from '../../base/index.ts';
import { EXT_MORE, ID_MASK, Z, skipExtension, skipExtensions, writeExtZ64 } from '../core/extension.ts';
import {
  EXT_WIRE_EXPR,
  N,
  NULL_WIRE_EXPR,
  readExtWireExpr,
  readWireExpr,
  wireExprFlags,
  writeExtWireExpr,
  writeWireExpr,
} from '../core/wire-expr.ts';
import type { WireExpr } from '../core/wire-expr.ts';

export const D_KEYEXPR = 0x00;
export const U_KEYEXPR = 0x01;
export const D_SUBSCRIBER = 0x02;
export const U_SUBSCRIBER = 0x03;
export const D_QUERYABLE = 0x04;
export const U_QUERYABLE = 0x05;
export const D_TOKEN = 0x06;
export const U_TOKEN = 0x07;
export const D_FINAL = 0x1a;

export type DeclarationKind =
  | typeof D_KEYEXPR
  | typeof U_KEYEXPR
  | typeof D_SUBSCRIBER
  | typeof U_SUBSCRIBER
  | typeof D_QUERYABLE
  | typeof U_QUERYABLE
  | typeof D_TOKEN
  | typeof U_TOKEN
  | typeof D_FINAL;

const EXT_QUERYABLE_INFO = 0x21;

/**
 * What a Declare carries. All kinds have one shape; what a kind does not have is 0, false or `NULL_WIRE_EXPR`.
 *
 *     D_KEYEXPR                           header | expr id z16 | scope z16 | suffix <utf8;z16> if N
 *     U_KEYEXPR                           header | expr id z16
 *     D_SUBSCRIBER, D_TOKEN, D_QUERYABLE  header | entity id z32 | scope z16 | suffix if N | QueryableInfo 21 if Z
 *     U_SUBSCRIBER, U_TOKEN, U_QUERYABLE  header | entity id z32 | WireExpr 5f if Z
 *     D_FINAL                             header
 *     N 0x20 suffix present   M 0x40 scope id is the sender's (not of D_KEYEXPR)   Z 0x80 extensions
 */
export interface Declaration {
  readonly kind: DeclarationKind;
  /** Of the entity, or of the key expression. */
  readonly id: number;
  /** Of an undeclaration: names the entity where the id does not; `NULL_WIRE_EXPR` if only the id counts. */
  readonly wireExpr: WireExpr;
  /** Queryable: answers every query within its key by itself. */
  readonly complete: boolean;
  /** Queryable: hops. */
  readonly distance: number;
}

export function declaration(
  kind: DeclarationKind,
  id: number,
  wireExpr: WireExpr = NULL_WIRE_EXPR,
  complete: boolean = false,
  distance: number = 0,
): Declaration {
  return { kind, id, wireExpr, complete, distance };
}

export function encodeDeclaration(w: Writer, d: Declaration): void {
  switch (d.kind) {
    case D_KEYEXPR:
      w.u8(D_KEYEXPR | (wireExprFlags(d.wireExpr) & N));
      w.z(d.id);
      writeWireExpr(w, d.wireExpr);
      return;
    case U_KEYEXPR:
      w.u8(U_KEYEXPR);
      w.z(d.id);
      return;
    case D_SUBSCRIBER:
    case D_TOKEN:
      w.u8(d.kind | wireExprFlags(d.wireExpr));
      w.z(d.id);
      writeWireExpr(w, d.wireExpr);
      return;
    case D_QUERYABLE: {
      const info = (d.complete ? 1 : 0) | (d.distance << 8);
      w.u8(d.kind | wireExprFlags(d.wireExpr) | (info !== 0 ? Z : 0));
      w.z(d.id);
      writeWireExpr(w, d.wireExpr);
      if (info !== 0) writeExtZ64(w, EXT_QUERYABLE_INFO, info, false);
      return;
    }
    case U_SUBSCRIBER:
    case U_QUERYABLE:
    case U_TOKEN: {
      // The reference leaves the null expression out for subscribers only.
      const named = d.kind !== U_SUBSCRIBER || !isNull(d.wireExpr);
      w.u8(d.kind | (named ? Z : 0));
      w.z(d.id);
      if (named) writeExtWireExpr(w, d.wireExpr, false);
      return;
    }
    case D_FINAL:
      w.u8(D_FINAL);
  }
}

export function decodeDeclaration(r: Reader): Declaration {
  const header = r.u8();
  const kind = header & ID_MASK;
  const more = (header & Z) !== 0;
  switch (kind) {
    case D_KEYEXPR: {
      const id = r.z16t();
      const wireExpr = readWireExpr(r, header & N); // its scope is the receiver's
      if (more) skipExtensions(r, 'D_KEYEXPR');
      return declaration(D_KEYEXPR, id, wireExpr);
    }
    case U_KEYEXPR: {
      const id = r.z16t();
      if (more) skipExtensions(r, 'U_KEYEXPR');
      return declaration(U_KEYEXPR, id);
    }
    case D_SUBSCRIBER:
    case D_TOKEN: {
      const id = r.z32t();
      const wireExpr = readWireExpr(r, header);
      if (more) skipExtensions(r, kind === D_TOKEN ? 'D_TOKEN' : 'D_SUBSCRIBER');
      return declaration(kind, id, wireExpr);
    }
    case D_QUERYABLE: {
      const id = r.z32t();
      const wireExpr = readWireExpr(r, header);
      const info = more ? readQueryableInfo(r) : 0;
      return declaration(kind, id, wireExpr, (info & 1) !== 0, (info >>> 8) & 0xffff);
    }
    case U_SUBSCRIBER:
    case U_QUERYABLE:
    case U_TOKEN: {
      const id = r.z32t();
      return declaration(kind, id, more ? readUndeclared(r) : NULL_WIRE_EXPR);
    }
    case D_FINAL:
      if (more) skipExtensions(r, 'D_FINAL');
      return declaration(D_FINAL, 0);
    default:
      throw new CodecError(`unknown declaration 0x${kind.toString(16)}`);
  }
}

function isNull(e: WireExpr): boolean {
  return e.scope === 0 && e.suffix === '' && !e.fromSender;
}

function readQueryableInfo(r: Reader): number {
  let info = 0;
  for (let more = true; more;) {
    const ext = r.u8();
    more = (ext & EXT_MORE) !== 0;
    if ((ext & ~EXT_MORE) === EXT_QUERYABLE_INFO) info = r.z64();
    else skipExtension(r, ext, 'D_QUERYABLE');
  }
  return info;
}

function readUndeclared(r: Reader): WireExpr {
  let wireExpr = NULL_WIRE_EXPR;
  for (let more = true; more;) {
    const ext = r.u8();
    more = (ext & EXT_MORE) !== 0;
    if ((ext & ~EXT_MORE) === EXT_WIRE_EXPR) wireExpr = readExtWireExpr(r);
    else skipExtension(r, ext, 'an undeclaration');
  }
  return wireExpr;
}
