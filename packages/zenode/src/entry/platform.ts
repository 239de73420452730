import { readText } from '../config/file.ts';
import { memory } from '../link/memory/index.ts';
import { tcp } from '../link/tcp/index.ts';
import type { Platform } from '../session/index.ts';

/** Node, Deno and Bun: all links, and files. */
export const platform: Platform = {
  links: [tcp, memory],
  // Enough on a busy machine too, and nothing against the half second that a peer of the reference would lose.
  settleMs: 10,
  readText,
  keepAlive: () => {
    // Timers of the node do not keep the process alive, and a session that reconnects has nothing else.
    const timer = setInterval(() => {}, 0x7fffffff);
    return () => clearInterval(timer);
  },
};
