export * from './codec.ts';
export * from './fake-scheduler.ts';
export * from './linked.ts';
