import { CodecError, ZError, withNames } from '../../base/index.ts';
import type { Names } from '../../base/index.ts';

/** Role of a node. The values are bits, so that several make a matcher. */
export const WhatAmI: Names & { readonly ROUTER: 1; readonly PEER: 2; readonly CLIENT: 4 } = withNames({
  ROUTER: 1,
  PEER: 2,
  CLIENT: 4,
} as const);
export type WhatAmI = 1 | 2 | 4;

/** A set of roles: the union of their bits, 0 to 7. */
export type WhatAmIMatcher = number;

export function matchesWhatAmI(matcher: WhatAmIMatcher, role: WhatAmI): boolean {
  return (matcher & role) !== 0;
}

/** `router`, `peer` or `client`. */
export function whatAmIText(role: WhatAmI): string {
  return role === 1 ? 'router' : role === 2 ? 'peer' : 'client';
}

/** @throws ZError `INVALID_ARGUMENT` */
export function parseWhatAmI(text: string): WhatAmI {
  switch (text) {
    case 'router':
      return 1;
    case 'peer':
      return 2;
    case 'client':
      return 4;
    default:
      throw new ZError('INVALID_ARGUMENT', `"${text}" is no role; use router, peer or client`);
  }
}

/** Roles joined by `|`, as in `router|peer`; empty for none. */
export function whatAmIMatcherText(matcher: WhatAmIMatcher): string {
  return ([1, 2, 4] as const)
    .filter((role) => matchesWhatAmI(matcher, role))
    .map(whatAmIText)
    .join('|');
}

/** @throws ZError `INVALID_ARGUMENT` */
export function parseWhatAmIMatcher(text: string): WhatAmIMatcher {
  let matcher = 0;
  for (const part of text.split('|')) if (part !== '') matcher |= parseWhatAmI(part);
  return matcher;
}

/** The two bits that stand for a role in Init, Hello and Join. */
export function whatAmICode(role: WhatAmI): number {
  return role >> 1;
}

export function whatAmIOf(code: number): WhatAmI {
  switch (code & 3) {
    case 0:
      return 1;
    case 1:
      return 2;
    case 2:
      return 4;
    default:
      throw new CodecError('role code 3 is reserved');
  }
}
