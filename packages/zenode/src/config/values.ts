import { ZError, utf8Length } from '../base/index.ts';
import { KeyExpr } from '../keyexpr/index.ts';
import { Endpoint } from '../wire/index.ts';
import { choices, suggestion } from './error.ts';
import { type Json, isObject } from './json.ts';
import { MODES, type Mode, inMode, perMode } from './per-mode.ts';
import { type Place, type Shape, leaf, list, oneOf, record, required } from './shape.ts';

/** A string that `check` accepts or turns into its canonical form. */
function checked(expected: string, check: (value: string, at: Place) => string): Shape {
  return leaf(null, (value, at) => {
    if (typeof value !== 'string') throw at.wrong(value, expected);
    return check(value, at);
  });
}

/** Kept in canonical form. */
const endpoint: Shape = checked('a string', (value, at) => {
  try {
    return Endpoint.parse(value).toString();
  } catch (cause) {
    if (cause instanceof ZError) throw at.fail(cause.message);
    throw cause;
  }
});

const LISTS_OF_ENDPOINTS = 'list of endpoints or mode dependent list of endpoints';

export const listenEndpoints = (fallback: Json): Shape =>
  perMode(list(endpoint, { expected: LISTS_OF_ENDPOINTS }), fallback);

const group = record(
  { strategy: required(oneOf(['allOf', 'oneOf'])), locators: required(list(endpoint)) },
  { tolerant: true },
);

/** Endpoints, and groups of them of which a client wants all. */
export const connectEndpoints: Shape = perMode(
  list(
    leaf(null, (value, at) => (isObject(value) ? group.read(value, at) : endpoint.read(value, at))),
    { expected: LISTS_OF_ENDPOINTS },
  ),
  [],
);

/** Roles, as `["router", "peer"]`. Kept without repetition, in that order. */
export function matcher({ nonEmpty = false }: { nonEmpty?: boolean } = {}): Shape {
  return leaf(null, (value, at) => {
    const hint = ', as in ["router", "peer"]';
    if (!Array.isArray(value)) throw at.wrong(value, 'WhatAmIMatcher or mode dependent WhatAmIMatcher', hint);
    if (nonEmpty && value.length === 0) throw at.fail('Given collection was empty; leave the key out to mean "any"');
    value.forEach((role: unknown, i) => {
      if (MODES.includes(role as Mode)) return;
      const near = typeof role === 'string' ? suggestion(role, MODES) : '';
      const found = typeof role === 'string' ? `string ${JSON.stringify(role)}` : typeof role;
      throw at.in(i).fail(`invalid value: ${found}, expected one of ('router', 'peer', 'client')${near}`);
    });
    return MODES.filter((mode) => value.includes(mode));
  });
}

const STRATEGIES = ['always', 'greater-zid'];
const strategyName = leaf(null, (value, at) => {
  if (typeof value === 'string' && STRATEGIES.includes(value)) return value;
  if (typeof value !== 'string') throw at.wrong(value, choices(STRATEGIES));
  throw at.fail(`unknown variant \`${value}\`, expected \`always\` or \`greater-zid\`${suggestion(value, STRATEGIES)}`);
});
const strategyByTarget = record({ to_router: strategyName, to_peer: strategyName, to_client: strategyName });
const strategy = leaf(null, (value, at) =>
  isObject(value) ? strategyByTarget.read(value, at) : strategyName.read(value, at),
);

/** Alike for all, by the kind of the other node (`to_router` ...), or by the own mode, and then one of the first two. */
export const autoconnectStrategy: Shape = leaf(null, (value, at) => {
  const byTarget = isObject(value) && Object.keys(value).some((key) => key.startsWith('to_'));
  return (byTarget ? strategyByTarget : perMode(strategy)).read(value, at);
});

/** What the strategy towards a kind of node is, for a node of this mode. */
export function strategyTowards(value: Json, own: Mode, other: Mode): 'always' | 'greater-zid' {
  const byTarget = isObject(value) && Object.keys(value).some((key) => key.startsWith('to_'));
  const mine = byTarget ? value : inMode(value, own);
  const one: unknown = isObject(mine) ? mine[`to_${other}`] : mine;
  return one === 'greater-zid' ? one : 'always';
}

/** A node id: 1 to 32 lower-case hexadecimal digits. */
export const zid: Shape = checked('An hex string of 1-16 bytes', (value, at) => {
  const why =
    value === ''
      ? 'Empty strings are not valid'
      : /[A-F]/.test(value)
        ? 'uppercase hexadecimal is not accepted, use lowercase'
        : /[^0-9a-f]/.test(value)
          ? 'invalid digit found in string'
          : value.startsWith('0')
            ? 'Leading 0s are not valid'
            : value.length > 32
              ? 'number too large to fit in target type; at most 32 digits'
              : undefined;
  if (why !== undefined) throw at.fail(`Invalid id: ${value} - ${why}`);
  return value;
});

export const regionName: Shape = checked('a string', (value, at) => {
  if (value === '') throw at.fail('region names should be non-empty');
  if (utf8Length(value) > 32) throw at.fail('region names should be at most 32 bytes');
  return value;
});

export const keyExpr: Shape = checked('a key expression', canonical);

export const namespace: Shape = checked('a key expression without wildcards', (value, at) => {
  const prefix = canonical(value, at);
  if (prefix.includes('*')) throw at.fail(`nonwild_keyexpr can not contain any wild chunks: ${value}`);
  return prefix;
});

function canonical(value: string, at: Place): string {
  try {
    return new KeyExpr(value).text;
  } catch (cause) {
    if (cause instanceof ZError) throw at.fail(`Invalid Key Expr \`${value}\`: ${cause.message}`);
    throw cause;
  }
}

/** `ip:port`, with an IPv6 address in brackets. */
export const socketAddress: Shape = checked('`ip:port`', (value, at) => {
  const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3}):(\d{1,5})$/.exec(value);
  const v6 = /^\[([0-9a-fA-F:.]+)(?:%\d+)?\]:(\d{1,5})$/.exec(value);
  const port = Number(v4?.[5] ?? v6?.[2]);
  const valid = v4 ? v4.slice(1, 5).every((part) => Number(part) <= 255) : v6 !== null && isIPv6(v6[1]!);
  if (!valid || !(port <= 0xffff)) {
    throw at.fail(`invalid socket address syntax: "${value}"; write 224.0.0.224:7446 or [ff02::224]:7446`);
  }
  return value;
});

function isIPv6(address: string): boolean {
  const halves = address.split('::');
  if (halves.length > 2) return false;
  let groups = 0;
  const all = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  for (const [i, part] of all.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups += 1;
    else if (i === all.length - 1 && /^\d{1,3}(?:\.\d{1,3}){3}$/.test(part)) groups += 2;
    else return false;
  }
  return halves.length === 2 ? groups < 8 : groups === 8;
}
