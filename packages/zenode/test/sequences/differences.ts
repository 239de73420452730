import type { Difference } from './stage.ts';

/** U_SUB, U_QBL and U_TOK of an id below 128. */
function undeclared(kind: 'sub' | 'qbl' | 'tok', id: number): string {
  const n = id.toString(16).padStart(2, '0');
  return kind === 'sub' ? `9e210803${n}` : `9e2108${kind === 'qbl' ? '85' : '87'}${n}5f020000`;
}

const ROW_14 = 'chapter 10 row 14: nothing is left behind: an id that names another key gives up the old one';
const CURRENT = 'chapter 02 §12: any current interest is answered with what matches and the end';
const NOT_CANONICAL =
  'chapter 04 §2.4: full text is always right; an alias for what is no key expression is never bound';

export const hostileClient: readonly Difference[] = [
  { because: ROW_14, face: 'D', after: 9, ours: [undeclared('sub', 1)] },
  { because: ROW_14, face: 'C', after: 13, without: [15, 23], ours: [] },
  { because: ROW_14, face: 'D', after: 55, ours: [undeclared('tok', 5)] },
  { because: ROW_14, face: 'D', after: 78, ours: [undeclared('qbl', 8)] },
  {
    because: NOT_CANONICAL,
    face: 'D',
    after: 165,
    without: [160, 161, 162, 163, 164, 165],
    // D_SUB 16 q//a, 17 a/**/**, 18 the empty text
    ours: ['9e210862100004712f2f61', '9e210862110007612f2a2a2f2a2a', '9e2108421200'],
  },
  { because: CURRENT, face: 'C', after: 176, ours: ['be2021081a'] },
  { because: CURRENT, face: 'C', after: 184, ours: ['be2321081a'] },
  { because: CURRENT, face: 'C', after: 186, ours: ['be2421081a'] },
];

export const broker: readonly Difference[] = [
  {
    because:
      'chapter 04 §3.4: when the real entity goes and its sum stays, ours says so once, and does not withdraw it first',
    face: 'D',
    after: 108,
    without: [108],
    ours: [],
  },
  {
    because: `${ROW_14}, and so does a queryable whose last other owner is gone; here that ends their sum as well`,
    face: 'D',
    after: 118,
    without: [118],
    ours: [undeclared('qbl', 2), undeclared('qbl', 3), undeclared('qbl', 4)],
  },
];

export const clientLeavesPeer: readonly Difference[] = [
  {
    because: 'chapter 04 §2.8, 4: the interests of a client that is gone end upstream',
    face: 'R',
    after: 116,
    ours: ['99022108'],
  },
];

export const afterFinal: readonly Difference[] = [
  // PUSH (1,"",S) "3"
  { because: 'chapter 10 row 13: data flows after the last interest', face: 'R', after: 24, ours: ['5d01010133'] },
];

export const filtersMore: readonly Difference[] = [
  {
    because: 'chapter 04 §3.8: a final interest with wildcards filters as any other does',
    face: 'X',
    after: 8,
    without: [8],
    ours: [],
  },
];

export const currentOfPeer: readonly Difference[] = [
  // D_SUB 0 of k/** and c/s, then the end
  { because: CURRENT, face: 'X', after: 81, ours: ['be0a2108620001032f2a2a', 'be0a2108420002', 'be0a21081a'] },
];
