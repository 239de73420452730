export * from './link.ts';
export { Deframer } from './deframer.ts';
