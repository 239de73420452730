import { asClient } from './as-client.ts';
import { asPeer } from './as-peer.ts';
import { client, peer, ROUTER } from './cast.ts';
import { broker, hostileClient } from './differences.ts';
import type { Role } from './stage.ts';

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

export const roles: readonly Role[] = [...asRouter, ...asPeer, ...asClient];
