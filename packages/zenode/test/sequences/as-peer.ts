import { client, DECLARED_ALL, peer, ROUTER, routerRaw, selfState } from './cast.ts';
import { clientLeavesPeer, currentOfPeer } from './differences.ts';
import type { Role } from './stage.ts';

const TWO = ['peers_without_autoconnect_on_one_router', 'peer_gossip_through_router'];

/** Where the second of the two begins. */
const SECOND = 63;

const ALONE = { scouting: { multicast: { enabled: false }, gossip: { autoconnect: [] } } };

export const asPeer: readonly Role[] = [
  {
    conversation: ['peer_joins_peer'],
    us: { name: 'P', zid: 'a1', mode: 'peer', listen: '127.0.0.1:17330' },
    raws: [client('C', 'c1'), peer('X', '22', { dials: [2] })],
    differences: currentOfPeer,
    setup: (app) => {
      app.subscriber('k/**');
      app.queryable('q/1', 'q', 'Q');
      app.token('alive/p');
    },
    does: {
      'P puts o/1 (no match; X has not sent D_FIN)': (app) => app.put('o/1', 'x'),
      'P gets nothing/here': (app) => app.get('nothing/here', { timeout: 1000 }),
      'P liveliness get': (app) => app.livelinessGet('alive/**'),
      'P declares publisher o/2: no INTEREST to X?': (app) => {
        app.publisher('o/2');
        app.put('o/2', 'x');
      },
      'P puts o/1 o/2': (app) => {
        app.put('o/1', 'x');
        app.publish('o/2', 'x');
      },
      'P liveliness get after D_FIN': (app) => app.livelinessGet('alive/**'),
      'P undeclares sub, C drops': (app) => app.undeclare('k/**'),
      'P new sub': (app) => app.subscriber('n/1'),
    },
  },
  {
    conversation: ['client_behind_peer_behind_router'],
    us: { name: 'P', zid: 'a1', mode: 'peer', listen: '127.0.0.1:17372', connect: [ROUTER] },
    raws: [
      routerRaw('R'),
      peer('X', 'ee', { dials: [2] }),
      peer('Y', 'ef', { dials: [9] }),
      client('C', 'c1', { dials: [17] }),
    ],
    differences: clientLeavesPeer,
  },
  {
    conversation: ['remote_bound_south'],
    us: { name: 'P', zid: 'a1', mode: 'peer', listen: '127.0.0.1:17334' },
    raws: [peer('X', 'ee', { bound: 1 })],
    setup: (app) => {
      app.publisher('o/1');
      app.subscriber('k/**');
      app.token('l/1');
    },
  },
  {
    conversation: ['three_peers_gossip'],
    us: { name: 'A', zid: 'a1', mode: 'peer', listen: '127.0.0.1:17331' },
    raws: [peer('B', 'b2'), peer('C', 'c3', { dials: [9] })],
    does: { 'A put k/a': (app) => app.put('k/a', '1') },
  },
  {
    conversation: ['three_peers_gossip'],
    us: { name: 'B', zid: 'b2', mode: 'peer', listen: '127.0.0.1:17334', connect: ['127.0.0.1:17331'] },
    raws: [
      peer('A', 'a1', { listen: '127.0.0.1:17331' }),
      peer('C', 'c3', { listen: '127.0.0.1:17335', unrecorded: true }),
    ],
    extras: [
      { after: 13, from: 'C', hex: selfState('c3', 3, 17335) },
      { after: 13, from: 'C', hex: DECLARED_ALL },
    ],
    // Then it is killed.
    until: 19,
    does: {
      'before 4': (app) => {
        app.subscriber('k/**');
        app.token('alive/b');
      },
    },
  },
  {
    conversation: ['three_peers_gossip'],
    us: { name: 'C', zid: 'c3', mode: 'peer', listen: '127.0.0.1:17335', connect: ['127.0.0.1:17331'] },
    raws: [
      peer('A', 'a1', { listen: '127.0.0.1:17331' }),
      peer('B', 'b2', { listen: '127.0.0.1:17334', unrecorded: true }),
    ],
    from: 8,
    extras: [
      { after: 12, from: 'B', hex: selfState('b2', 3, 17334) },
      { after: 12, from: 'B', hex: '9e210862010004' + '6b2f2a2a' },
      { after: 12, from: 'B', hex: DECLARED_ALL },
    ],
    does: { 'C put k/c': (app) => app.put('k/c', '1') },
  },
  {
    conversation: ['peer_gossip_through_router'],
    us: { name: 'P3', zid: '33', mode: 'peer', listen: '127.0.0.1:17367', connect: [ROUTER] },
    raws: [
      routerRaw('R'),
      peer('P1', '11', { listen: '127.0.0.1:17364', unrecorded: true }),
      peer('P2', '22', { listen: '127.0.0.1:17365', unrecorded: true }),
    ],
    extras: [
      { after: 2, from: 'P1', hex: selfState('11', 3, 17364) },
      { after: 2, from: 'P1', hex: DECLARED_ALL },
      { after: 2, from: 'P2', hex: selfState('22', 3, 17365) },
      { after: 2, from: 'P2', hex: DECLARED_ALL },
    ],
    does: {
      'P3 put k/3': (app) => app.put('k/3', '1'),
      'P3 put o/3': (app) => app.put('o/3', '1'),
    },
  },
  {
    conversation: TWO,
    us: { name: 'P1', zid: '11', mode: 'peer', listen: '127.0.0.1:17364', connect: [ROUTER], config: ALONE },
    raws: [routerRaw('R'), peer('P3', '33', { dials: [SECOND + 5], unrecorded: true })],
    extras: [
      { after: SECOND + 6, from: 'P3', hex: selfState('33', 3, 17367) },
      { after: SECOND + 6, from: 'P3', hex: DECLARED_ALL },
    ],
    // Then it dies.
    until: SECOND + 20,
    does: {
      'before 3': (app) => {
        app.subscriber('k/**');
        app.queryable('q/1', 'q');
        app.token('l/p1');
        app.publisher('o/1');
        app.liveliness('l/**', false);
      },
      'P1 publisher put o/1': (app) => app.publish('o/1', 'pp'),
    },
  },
  {
    conversation: TWO,
    us: { name: 'P2', zid: '22', mode: 'peer', listen: '127.0.0.1:17365', connect: [ROUTER], config: ALONE },
    raws: [routerRaw('R'), peer('P3', '33', { dials: [SECOND + 9], unrecorded: true })],
    from: 15,
    extras: [
      { after: SECOND + 10, from: 'P3', hex: selfState('33', 4, 17367) },
      { after: SECOND + 10, from: 'P3', hex: DECLARED_ALL },
    ],
    does: {
      'before 19': (app) => {
        app.subscriber('o/**');
        app.token('l/p2');
      },
      'P2 put k/x: P1 not reached over the router': (app) => app.put('k/x', '1'),
      'P2 get q/1': (app) => app.get('q/1', { timeout: 2000 }),
      'P2 liveliness get l/**': (app) => app.livelinessGet('l/**'),
      'P2 put k/2b (P2 P1 not connected)': (app) => app.put('k/2b', '1'),
    },
  },
];
