export * from './bytes.ts';
export * from './errors.ts';
export { hmacSha3_256, shake128 } from './hash.ts';
export * from './scheduler.ts';
