/** Clock, turns and chance of the platform: for the scheduler alone. */

interface TimerHandle {
  /** Where the runtime has that notion: does not keep the process alive. */
  unref?(): void;
}

declare function setTimeout(fn: () => void, ms: number): TimerHandle | number;
declare function clearTimeout(timer: TimerHandle | number): void;
declare function queueMicrotask(fn: () => void): void;

declare const performance: { now(): number; readonly timeOrigin: number };
declare const crypto: { getRandomValues(target: Uint8Array): Uint8Array };

interface MessagePort {
  onmessage: (() => void) | null;
  postMessage(message: undefined): void;
}

declare class MessageChannel {
  readonly port1: MessagePort;
  readonly port2: MessagePort;
}
