import { QueryTarget } from '../../src/session/index.ts';
import { afterFinal, filtersMore } from './differences.ts';
import { ROUTER, routerRaw } from './cast.ts';
import type { Role } from './stage.ts';

const THREE = ['client_sub_client_pub', 'get_client_router_client', 'liveliness_history_client_dies'];

function us(name: string, zid: string): Role['us'] {
  return { name, zid, mode: 'client', connect: [ROUTER] };
}

export const asClient: readonly Role[] = [
  {
    conversation: THREE,
    us: us('C1', 'c1'),
    raws: [routerRaw('R')],
    // Then it is killed, and says nothing any more.
    until: 94,
    does: {
      'C1 declares subscriber demo/** twice': (app) => {
        app.subscriber('demo/**', 'one');
        app.subscriber('demo/**', 'other');
      },
      'C1 undeclares one': (app) => app.undeclare('one'),
      'C1 undeclares the other': (app) => app.undeclare('other'),
      'C1 queryable k/1 complete; k/2 ; k/2': (app) => {
        app.queryable('k/1', 'q1', 'x', true);
        app.queryable('k/2', 'q2', 'y');
        app.queryable('k/2', 'q3', 'z');
      },
      'C1 undeclares q2, q3': (app) => app.undeclare('q2', 'q3'),
      'C1 undeclare q1': (app) => app.undeclare('q1'),
      'C1 token alive/a': (app) => app.token('alive/a'),
      'C1 token alive/b': (app) => app.token('alive/b'),
      'C1 undeclares alive/b': (app) => app.undeclare('alive/b'),
    },
  },
  {
    conversation: THREE,
    us: us('C2', 'c2'),
    raws: [routerRaw('R')],
    differences: afterFinal,
    does: {
      'C2 put demo/x without publisher': (app) => app.put('demo/x', '1'),
      'C2 declares publisher demo/a': (app) => app.publisher('demo/a'),
      'C2 publisher put, delete': (app) => {
        app.publish('demo/a', '2');
        app.publishDelete('demo/a');
      },
      'C2 second publisher on the same key': (app) => app.publisher('demo/a', 'second'),
      'C2 publisher put: not sent': (app) => app.publish('demo/a', '3'),
      'C2 publishers undeclared one by one': (app) => app.undeclare('demo/a', 'second'),
      'C2 put after Final': (app) => app.put('demo/a', '3'),
      'C2 get k/** ALL': (app) => app.get('k/**', { target: QueryTarget.ALL }),
      'C2 get k/1 best': (app) => app.get('k/1'),
      'C2 get none/x': (app) => app.get('none/x'),
      'C2 querier k/*': (app) => app.querier('k/*'),
      'C2 querier k/1 ALL_COMPLETE': (app) => app.querier('k/1', 'k/1', QueryTarget.ALL_COMPLETE),
      'C2 undeclares queriers': (app) => app.undeclare('k/*', 'k/1'),
      'C2 liveliness subscriber history': (app) => app.liveliness('alive/**', true),
      'C2 liveliness get': (app) => app.livelinessGet('alive/**'),
    },
  },
  {
    conversation: ['router_side_view_of_a_client'],
    us: us('C', 'c1'),
    raws: [routerRaw('X')],
    differences: filtersMore,
    setup: (app) => {
      app.publisher('p/1');
      app.querier('qr/*');
    },
    does: {
      'before 4': (app) => app.publish('p/1', '0'),
      'querier qr/*: get -> filtered?': (app) => app.ask('qr/*'),
      'get now': (app) => app.ask('qr/*'),
      'before 31': (app) => {
        app.subscriber('k/**');
        app.subscriber('k/a');
        app.queryable('k/q', 'q', '1');
        app.queryable('k/**', 'silent');
      },
      'liveliness: history subscriber; D_TOK without iid, with iid, id 0': (app) => {
        app.liveliness('l/**', true);
        app.liveliness('l/**', false);
      },
      'liveliness get; partial answer then nothing': (app) => app.livelinessGet('l/**'),
    },
  },
  {
    conversation: ['client_reconnects'],
    us: us('C', 'c1'),
    raws: [routerRaw('R')],
    setup: (app) => {
      app.publisher('p/1');
      app.querier('qr/1');
      app.subscriber('k/a');
      app.liveliness('l/**', false);
      app.queryable('q/1', 'q');
      app.token('l/own');
      app.publisher('p/**');
    },
    does: { 'pending get, then cut': (app) => app.get('q/none/**', { timeout: 8000 }) },
  },
];
