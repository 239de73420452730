import type { Party } from './party.ts';
import { linked, type Stage } from './stage.ts';

/** Two sessions that can reach each other, and what lies between. */
export interface Pair {
  readonly a: Party;
  readonly b: Party;
  /** Zid of the node that stamps puts of a, and of b; undefined where nobody does. */
  readonly stamps: { readonly a?: string; readonly b?: string };
}

export interface Topology {
  readonly name: string;
  /** Why it cannot be built yet. */
  readonly skip?: string;
  build(stage: Stage): Promise<Pair>;
}

const hole = (name: string, skip: string): Topology => ({ name, skip, build: () => Promise.reject(new Error(skip)) });

const stampedBy = (router: Party): Pair['stamps'] => ({ a: router.zid, b: router.zid });

export const TOPOLOGIES: readonly Topology[] = [
  {
    name: 'real client – our router – real client',
    async build(stage) {
      const router = await stage.ours({ mode: 'router', listen: 0 }, 'our router');
      const connect = [router.locator];
      const a = await stage.real({ mode: 'client', connect }, 'real client a');
      const b = await stage.real({ mode: 'client', connect }, 'real client b');
      return { a, b, stamps: stampedBy(router) };
    },
  },
  {
    name: 'our client – real router – real client',
    async build(stage) {
      const router = await stage.real({ mode: 'router', listen: 0 }, 'real router');
      const connect = [router.locator];
      const a = await stage.ours({ mode: 'client', connect }, 'our client');
      const b = await stage.real({ mode: 'client', connect }, 'real client');
      return { a, b, stamps: stampedBy(router) };
    },
  },
  {
    name: 'our client – our router – real client',
    async build(stage) {
      const router = await stage.ours({ mode: 'router', listen: 0 }, 'our router');
      const connect = [router.locator];
      const a = await stage.ours({ mode: 'client', connect }, 'our client');
      const b = await stage.real({ mode: 'client', connect }, 'real client');
      return { a, b, stamps: stampedBy(router) };
    },
  },
  {
    name: 'our client – real router – our client',
    async build(stage) {
      const router = await stage.real({ mode: 'router', listen: 0 }, 'real router');
      const connect = [router.locator];
      const a = await stage.ours({ mode: 'client', connect }, 'our client a');
      const b = await stage.ours({ mode: 'client', connect }, 'our client b');
      return { a, b, stamps: stampedBy(router) };
    },
  },
  {
    name: 'our peer dials real peer',
    async build(stage) {
      const b = await stage.real({ mode: 'peer', listen: 0 }, 'real peer');
      const a = await stage.ours({ mode: 'peer', connect: [b.locator] }, 'our peer');
      return { a, b, stamps: {} };
    },
  },
  {
    name: 'real peer dials our peer',
    async build(stage) {
      const a = await stage.ours({ mode: 'peer', listen: 0 }, 'our peer');
      const b = await stage.real({ mode: 'peer', connect: [a.locator] }, 'real peer');
      return { a, b, stamps: {} };
    },
  },
  {
    name: 'our peer – real router – real client',
    async build(stage) {
      const router = await stage.real({ mode: 'router', listen: 0 }, 'real router');
      const connect = [router.locator];
      const a = await stage.ours({ mode: 'peer', connect }, 'our peer');
      const b = await stage.real({ mode: 'client', connect }, 'real client');
      return { a, b, stamps: stampedBy(router) };
    },
  },
  {
    name: 'real peer – our router – our client',
    async build(stage) {
      const router = await stage.ours({ mode: 'router', listen: 0 }, 'our router');
      const connect = [router.locator];
      const a = await stage.real({ mode: 'peer', connect }, 'real peer');
      const b = await stage.ours({ mode: 'client', connect }, 'our client');
      return { a, b, stamps: stampedBy(router) };
    },
  },
  {
    name: 'two real peers that met at our router',
    async build(stage) {
      const router = await stage.ours({ mode: 'router', listen: 0 }, 'our router');
      const connect = [router.locator];
      const a = await stage.real({ mode: 'peer', listen: 0, connect }, 'real peer a');
      const b = await stage.real({ mode: 'peer', listen: 0, connect }, 'real peer b');
      await Promise.all([linked(a, b), linked(b, a)]);
      return { a, b, stamps: {} };
    },
  },
  {
    name: 'two of our peers that met at a real router',
    async build(stage) {
      const router = await stage.real({ mode: 'router', listen: 0 }, 'real router');
      const connect = [router.locator];
      const a = await stage.ours({ mode: 'peer', listen: 0, connect }, 'our peer a');
      const b = await stage.ours({ mode: 'peer', listen: 0, connect }, 'our peer b');
      await Promise.all([linked(a, b), linked(b, a)]);
      return { a, b, stamps: {} };
    },
  },
  {
    name: 'our peer and a real one that met at our router',
    async build(stage) {
      const router = await stage.ours({ mode: 'router', listen: 0 }, 'our router');
      const connect = [router.locator];
      const a = await stage.ours({ mode: 'peer', listen: 0, connect }, 'our peer');
      const b = await stage.real({ mode: 'peer', listen: 0, connect }, 'real peer');
      await Promise.all([linked(a, b), linked(b, a)]);
      return { a, b, stamps: {} };
    },
  },
  {
    name: 'our client – session of a real router',
    async build(stage) {
      const b = await stage.real({ mode: 'router', listen: 0 }, 'real router');
      const a = await stage.ours({ mode: 'client', connect: [b.locator] }, 'our client');
      return { a, b, stamps: stampedBy(b) };
    },
  },
  {
    name: 'session of our router – real client',
    async build(stage) {
      const a = await stage.ours({ mode: 'router', listen: 0 }, 'our router');
      const b = await stage.real({ mode: 'client', connect: [a.locator] }, 'real client');
      return { a, b, stamps: stampedBy(a) };
    },
  },
  hole('our client – our router – real router – real client', 'routers do not link to routers yet'),
  hole('our peer and a real one that met by multicast', 'our node does not scout by multicast yet'),
  hole('our peer – real peer over udp, tls, ws and unix sockets', 'our node has tcp links only yet'),
];
