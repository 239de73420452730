import { CodecError, utf8Length, vleLength } from '../../base/index.ts';
import type { Reader, Writer } from '../../base/index.ts';
import { EXT_MORE, enterExtension, leaveExtension } from './extension.ts';

/** A suffix follows the scope. */
export const N = 0x20;
/** The scope is an id that the sender of the message declared. */
export const M = 0x40;

/** A key expression on the wire: a declared id (0 for none) and the text behind it. */
export interface WireExpr {
  readonly scope: number;
  readonly suffix: string;
  /** The id was declared by the sender of the message, not by its receiver. Without meaning if `scope` is 0. */
  readonly fromSender: boolean;
}

/** What an undeclaration carries that names its entity by id alone. */
export const NULL_WIRE_EXPR: WireExpr = { scope: 0, suffix: '', fromSender: false };
/** No key: of an error reply that a router made. */
export const EMPTY_WIRE_EXPR: WireExpr = { scope: 0, suffix: '', fromSender: true };

/** A key expression as full text. */
export function wireExprOf(text: string): WireExpr {
  return { scope: 0, suffix: text, fromSender: true };
}

export function isEmptyWireExpr(e: WireExpr): boolean {
  return e.scope === 0 && e.suffix === '';
}

/** The flags `N` and `M` for the header of the enclosing message. */
export function wireExprFlags(e: WireExpr): number {
  return (e.suffix === '' ? 0 : N) | (e.fromSender ? M : 0);
}

export function writeWireExpr(w: Writer, e: WireExpr): void {
  w.z(e.scope);
  if (e.suffix !== '') w.str(e.suffix);
}

/** @param flags the byte that holds `N` and `M` */
export function readWireExpr(r: Reader, flags: number): WireExpr {
  const scope = r.z16();
  const suffix = (flags & N) !== 0 ? r.str16() : '';
  return { scope, suffix, fromSender: (flags & M) !== 0 };
}

/** Names the entity of an undeclaration: `5f`, mandatory. Its flags stand in bits 0 and 1, its suffix has no length. */
export const EXT_WIRE_EXPR = 0x5f;

export function writeExtWireExpr(w: Writer, e: WireExpr, more: boolean): void {
  w.u8(more ? EXT_WIRE_EXPR | EXT_MORE : EXT_WIRE_EXPR);
  w.z(1 + vleLength(e.scope) + utf8Length(e.suffix));
  w.u8((e.suffix === '' ? 0 : 1) | (e.fromSender ? 2 : 0));
  w.z(e.scope);
  w.text(e.suffix);
}

export function readExtWireExpr(r: Reader): WireExpr {
  const end = enterExtension(r);
  const flags = r.u8();
  const scope = r.z16t();
  if (r.pos > end) throw new CodecError('wire expression is longer than its extension');
  const suffix = (flags & 1) !== 0 ? r.text(end - r.pos) : '';
  leaveExtension(r, end);
  return { scope, suffix, fromSender: (flags & 2) !== 0 };
}
