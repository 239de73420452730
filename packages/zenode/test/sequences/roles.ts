import { broker, clientLeavesPeer, hostileClient } from './differences.ts';
import type { RawRole, Role } from './stage.ts';

const ROUTER = '127.0.0.1:7447';

function client(name: string, zid: string, more: Partial<RawRole> = {}): RawRole {
  return { name, zid, mode: 'client', ...more };
}

function peer(name: string, zid: string, more: Partial<RawRole> = {}): RawRole {
  return { name, zid, mode: 'peer', ...more };
}

const router = { name: 'R', zid: 'aa', mode: 'router', listen: ROUTER } as const;

const asRouter: readonly Role[] = [
  {
    conversation: ['client_sub_client_pub', 'get_client_router_client', 'liveliness_history_client_dies'],
    us: router,
    raws: [client('C1', 'c1'), client('C2', 'c2')],
  },
  { conversation: ['client_1_7_2_on_router_1_10_2'], us: router, raws: [client('OC', 'c1')] },
  {
    conversation: ['broker_interests'],
    us: router,
    raws: [client('C', 'c1'), client('D', 'd1'), client('E', 'e1')],
    differences: broker,
  },
  {
    conversation: ['queries_broker'],
    us: router,
    raws: [client('C', 'c1'), client('D', 'd1'), client('E', 'e1')],
  },
  {
    conversation: ['hostile_client'],
    us: router,
    raws: [client('C', 'c1'), client('D', 'd1')],
    differences: hostileClient,
  },
  {
    conversation: ['client_reconnects'],
    us: router,
    raws: [client('T', 'f1'), client('C', 'c1', { dials: [-1, 25] })],
  },
  {
    conversation: ['peers_without_autoconnect_on_one_router', 'peer_gossip_through_router'],
    us: router,
    raws: [peer('P1', '11'), peer('P2', '22', { dials: [16] }), client('C', 'c1'), peer('P3', '33', { dials: [64] })],
  },
  {
    conversation: ['client_behind_peer_behind_router'],
    us: router,
    raws: [peer('P', 'a1'), client('D', 'd1')],
  },
];

const asPeer: readonly Role[] = [
  {
    conversation: ['client_behind_peer_behind_router'],
    us: { name: 'P', zid: 'a1', mode: 'peer', listen: '127.0.0.1:17372', connect: [ROUTER] },
    raws: [
      { name: 'R', zid: 'aa', mode: 'router', listen: ROUTER },
      peer('X', 'ee', { dials: [2] }),
      peer('Y', 'ef', { dials: [9] }),
      client('C', 'c1', { dials: [17] }),
    ],
    differences: clientLeavesPeer,
  },
];

export const roles: readonly Role[] = [...asRouter, ...asPeer];
