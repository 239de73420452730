export * from './core/index.ts';
export * from './network/index.ts';
export * from './scouting/index.ts';
export * from './transport/index.ts';
export * from './zenoh/index.ts';
