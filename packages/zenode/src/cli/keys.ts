import { KeyExpr, Selector } from '../keyexpr/index.ts';

/** Checked before anything is dialled. @throws KeyExprError that names the key and the broken rule */
export function keyOf(text: string): KeyExpr {
  return new KeyExpr(text);
}

/** @throws KeyExprError */
export function selectorOf(text: string): Selector {
  return Selector.from(text);
}
