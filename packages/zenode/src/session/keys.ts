import { type IntoKeyExpr, type IntoSelector, KeyExpr, Parameters, Selector } from '../keyexpr/index.ts';
import { invalid, shown } from './errors.ts';

/** @throws KeyExprError, or ZError `INVALID_ARGUMENT` if it is neither text nor a KeyExpr */
export function keyOf(keyExpr: IntoKeyExpr): KeyExpr {
  if (keyExpr instanceof KeyExpr) return keyExpr;
  if (typeof keyExpr === 'string' || keyExpr instanceof String) return new KeyExpr(keyExpr);
  throw invalid(`key expression is ${shown(keyExpr)}: it must be a KeyExpr, or text as in "demo/a"`);
}

/** @throws KeyExprError, or ZError `INVALID_ARGUMENT` */
export function selectorOf(selector: IntoSelector): Selector {
  const known =
    typeof selector === 'string' ||
    selector instanceof String ||
    selector instanceof Selector ||
    selector instanceof KeyExpr;
  if (known) return Selector.from(selector);
  if (Array.isArray(selector) && selector[0] instanceof KeyExpr && selector[1] instanceof Parameters) {
    return Selector.from(selector);
  }
  const right = 'it must be a Selector, a KeyExpr, [KeyExpr, Parameters], or text as in "demo/a?x=1"';
  throw invalid(`selector is ${shown(selector)}: ${right}`);
}
