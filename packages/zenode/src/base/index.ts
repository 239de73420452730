export * from './bytes.ts';
export * from './deadlines.ts';
export * from './errors.ts';
export * from './fifo.ts';
export { hmacSha3_256, shake128 } from './hash.ts';
export * from './log.ts';
export * from './pool.ts';
export * from './scheduler.ts';
export * from './verdict.ts';
