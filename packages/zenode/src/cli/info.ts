import type { Session } from '../session/index.ts';
import type { Command } from './command.ts';
import { withNode } from './connect.ts';
import { MANNERS, NODE } from './flags.ts';

export const info: Command = {
  name: 'info',
  summary: 'print the own identifier, and those of routers and peers that are linked',
  values: [],
  flags: ['timeout', 'json', ...NODE, ...MANNERS],
  flagHelp: { timeout: 'to have a session (10)' },
  examples: ['zenode info -e tcp/localhost:7447', 'zenode info -e tcp/localhost:7447 -m client --json'],
  async run(call) {
    const print = async ({ session }: { readonly session: Session }): Promise<void> => {
      const known = await session.info();
      const zid = known.zid().toString();
      const routers = known.routersZid().map(String);
      const peers = known.peersZid().map(String);
      call.out.value(
        () => ({ zid, routers, peers }),
        () => [`zid ${zid}`, ...routers.map((one) => `router ${one}`), ...peers.map((one) => `peer ${one}`)].join('\n'),
      );
    };
    await withNode(call, 'once', print, call.options.ms('timeout'));
  },
};
