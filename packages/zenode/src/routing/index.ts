export { Face, NORTH, SOUTH } from './face.ts';
export { Ingress } from './ingress.ts';
export * from './primitives.ts';
export type { QueryHead } from './query.ts';
export type { Group, LocalDestination, Route, RoutedKey } from './route.ts';
export { writeHead } from './run.ts';
export {
  DEFAULT_LIMITS,
  type Placement,
  type RoutingLimits,
  Tables,
  type TablesOptions,
  type TablesUpper,
} from './tables.ts';
