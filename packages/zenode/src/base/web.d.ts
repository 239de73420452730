/** The few web names that rooms below the entry files may use; every supported platform has them. */

declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
  encodeInto(text: string, target: Uint8Array): { read: number; written: number };
}

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes: Uint8Array): string;
}

interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
  throwIfAborted(): void;
}

declare class AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}

declare class Event {
  constructor(type: string);
  readonly type: string;
}

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
