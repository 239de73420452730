export { type CanonicalFault, type KeyExprFault, KeyExprError } from './canonical.ts';
export { assertCanonical, canonize, faultOf, isCanonical } from './canonical.ts';
export { KeFormat, KeFormatter, type KeParsed } from './format.ts';
export { type IntoKeyExpr, KeyExpr, SetIntersectionLevel, literalKey } from './key-expr.ts';
export { includes, intersects } from './matching.ts';
export { ANYKE, type IntoParameters, Parameters, TIME } from './parameters.ts';
export { literalPrefix, stripLiteralPrefix, stripPrefix } from './prefix.ts';
export { type IntoSelector, Selector } from './selector.ts';
export { type KeNode, KeTree, STOP, type Visit } from './tree.ts';
