export * from './bytes.ts';
export * from './errors.ts';
export * from './scheduler.ts';
