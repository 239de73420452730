export * from './codec.ts';
export * from './fake-scheduler.ts';
export * from './linked.ts';
export * from './bare-end.ts';
export * from './byte-link.ts';
export * from './network.ts';
export * from './routing.ts';
export * from './sessions.ts';
