/** Where ours is another than the recorded behaviour, what ours does, and the place that says so. */
export interface Difference {
  readonly name: string;
  readonly reason: string;
  readonly ours: unknown;
}

const queriersOfOthers = ['m/*', 'm/**'].flatMap((key) =>
  ['best_matching', 'all'].flatMap((target) =>
    ['incomplete', 'complete'].map((complete) => `matching.querier.${key}.${target}.other.m/a.${complete}`),
  ),
);

export const differences: readonly Difference[] = [
  ...queriersOfOthers.map((name) => ({
    name,
    reason: 'chapter 10 row 17, chapter 07 section 7: a queryable that intersects would answer',
    ours: { matching: true },
  })),
  ...['any', 'session_local'].map((destination) => ({
    name: `matching.locality.${destination}.own.remote`,
    reason: 'chapter 10 row 18, chapter 07 section 7: who takes nothing from the own session does not match',
    ours: { publisher: false, querier: false },
  })),
  {
    name: 'liveliness.get.own',
    reason: 'chapter 10 row 19, chapter 07 section 8: own tokens once',
    ours: ['lv/own'],
  },
  {
    name: 'query.cancel',
    reason: 'chapter 07 sections 11 and 18.9: a get with a cancelled token returns a closed receiver',
    ours: { state: 'close', replies: [], sent: [], again: 'receiver: close' },
  },
  {
    name: 'querier.nomatch',
    reason: 'chapter 04 section 3.8: once the interest is final, a client need not ask what nobody would answer',
    ours: {
      client: { matching: false, sent: [], state: 'close' },
      peer: { matching: false, sent: [], state: 'close' },
    },
  },
  {
    name: 'handler.ring.closed',
    reason: 'chapter 07 section 18.9: a closed channel keeps what is unread readable',
    ours: { values: ['0', '1', '2'], then: 'error' },
  },
  {
    name: 'raw.7d00016181410610d4c30701000131',
    reason: 'chapter 02 section 3.4: what is left within the length of an extension is ignored',
    ours: { got: ['good/1 x', 'a 1', 'good/2 x'], linked: true },
  },
  {
    name: 'raw.fd000161420405013300010131',
    reason: 'chapter 02 section 3.4: what is left within the length of an extension is ignored',
    ours: { got: ['good/1 x', 'a 1', 'good/2 x'], linked: true },
  },
  {
    name: 'raw.subscriber.sameid',
    reason: 'chapter 10 row 14: an id that names another key leaves the old one',
    ours: { twice: ['w/b'], undeclared: [] },
  },
  {
    name: 'raw.interest.current',
    reason: 'chapter 02 section 12: any current interest is answered with what matches and the end',
    ours: {
      'with S': ['D_SUBSCRIBER n/s for 1', 'D_FINAL for 1'],
      'with Q': ['D_QUERYABLE n/q for 2', 'D_FINAL for 2'],
      'K only': ['D_FINAL for 3'],
      'with T': ['D_TOKEN 0 n/t for 4', 'D_FINAL for 4'],
      'options 0 CurrentFuture': ['D_FINAL for 5'],
      'unknown alias': [],
    },
  },
];
