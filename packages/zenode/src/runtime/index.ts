export { Outbox, type Delivery } from './outbox.ts';
export { Runtime, type RuntimeParts } from './runtime.ts';
export { platformScheduler } from './scheduler.ts';
