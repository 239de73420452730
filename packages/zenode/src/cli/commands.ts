import type { Command } from './command.ts';
import { get, querier } from './get.ts';
import { info } from './info.ts';
import { token, tokenGet, tokenSub } from './liveliness.ts';
import { perfPub, perfSub } from './perf.ts';
import { ping, pong } from './ping.ts';
import { del, pub, put } from './put.ts';
import { queryable } from './queryable.ts';
import { router } from './router.ts';
import { sub } from './sub.ts';

export const COMMANDS: readonly Command[] = [
  router,
  put,
  del,
  pub,
  sub,
  get,
  queryable,
  querier,
  token,
  tokenSub,
  tokenGet,
  info,
  ping,
  pong,
  perfPub,
  perfSub,
];

/** Words that will be commands. */
export const LATER_COMMANDS: readonly string[] = ['scout', 'doctor', 'keyexpr', 'completion'];
