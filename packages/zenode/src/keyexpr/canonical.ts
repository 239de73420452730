import { ZError } from '../base/index.ts';
import { ASTERISK, DOLLAR, SLASH } from './chunk.ts';

/** Why a text is not a canonical key expression. The names are stable. */
export type CanonicalFault =
  | 'EmptyChunk'
  | 'LoneDollarStar'
  | 'SingleStarAfterDoubleStar'
  | 'DoubleStarAfterDoubleStar'
  | 'StarInChunk'
  | 'DollarAfterDollar'
  | 'SharpOrQMark'
  | 'UnboundDollar'
  | 'LoneSurrogate';

/** `StarConcat`: two `*` would meet. `Wild`: a key without wildcards was needed. */
export type KeyExprFault = CanonicalFault | 'StarConcat' | 'Wild';

/** A text is not the key expression that was needed. */
export class KeyExprError extends ZError {
  override readonly name: string = 'KeyExprError';
  /** Name of the rule that it breaks. */
  readonly reason: KeyExprFault;
  /** The text that was refused. */
  readonly keyExpr: string;
  constructor(reason: KeyExprFault, keyExpr: string, message: string) {
    super('INVALID_KEY_EXPR', message);
    this.reason = reason;
    this.keyExpr = keyExpr;
  }
}

const SHARP = 0x23;
const QMARK = 0x3f;

let lastGood = '*';

/** Is this a canonical key expression? Costs no error when it is not, and nothing when asked twice in a row. */
export function isCanonical(text: string): boolean {
  if (text === lastGood) return true;
  if (scan(text) !== undefined) return false;
  lastGood = text;
  return true;
}

/** What is wrong with the text, or undefined when it is canonical. */
export function faultOf(text: string): CanonicalFault | undefined {
  return scan(text)?.fault;
}

/** @throws KeyExprError unless the text is a canonical key expression */
export function assertCanonical(text: string): void {
  if (isCanonical(text)) return;
  const found = scan(text)!;
  throw new KeyExprError(found.fault, text, `key expression ${quote(text)} ${explain(found)}`);
}

/**
 * The canonical spelling: runs of `$*` become one, a chunk `$*` becomes `*`, and in a row of wild chunks the `*` go before
 * a single `**`. Repairs nothing else.
 *
 * @throws KeyExprError if the result is not a key expression
 */
export function canonize(text: string): string {
  if (isCanonical(text)) return text;
  let canonical = text;
  if (text.includes('*')) {
    const out: string[] = [];
    let double = false;
    for (const chunk of text.replaceAll(/(?:\$\*){2,}/g, '$$*').split('/')) {
      if (chunk === '**') double = true;
      else if (chunk === '*' || chunk === '$*') out.push('*');
      else {
        if (double) out.push('**');
        double = false;
        out.push(chunk);
      }
    }
    if (double) out.push('**');
    canonical = out.join('/');
  }
  assertCanonical(canonical);
  return canonical;
}

/** Text for an error message: quoted, escaped, and cut where it would fill the screen. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}

interface Found {
  readonly fault: CanonicalFault;
  /** Offset in UTF-16 units. */
  readonly at: number;
}

/** The first rule that a text breaks, from left to right; only an empty chunk at the very end goes before all others. */
function scan(text: string): Found | undefined {
  const length = text.length;
  if (length === 0 || text.charCodeAt(length - 1) === SLASH) return { fault: 'EmptyChunk', at: length };
  let chunkStart = 0;
  for (let i = 0; i < length; i++) {
    const c = text.charCodeAt(i);
    if (c === SLASH) {
      if (i === chunkStart) return { fault: 'EmptyChunk', at: i };
      chunkStart = i + 1;
    } else if (c === ASTERISK) {
      // a "*" behind "$" was passed together with it
      if (i !== chunkStart) return { fault: 'StarInChunk', at: i };
      if (endsChunk(text, i + 1)) continue;
      if (text.charCodeAt(i + 1) !== ASTERISK || !endsChunk(text, i + 2)) return { fault: 'StarInChunk', at: i };
      const fault = afterDouble(text, i + 3);
      if (fault !== undefined) return { fault, at: i + 3 };
      i++;
    } else if (c === DOLLAR) {
      if (text.charCodeAt(i + 1) !== ASTERISK) return { fault: 'UnboundDollar', at: i };
      if (i === chunkStart && endsChunk(text, i + 2)) return { fault: 'LoneDollarStar', at: i };
      const next = text.charCodeAt(i + 2);
      if (next === DOLLAR) return { fault: 'DollarAfterDollar', at: i + 2 };
      if (next === ASTERISK) return { fault: 'StarInChunk', at: i + 2 };
      i++;
    } else if (c === SHARP || c === QMARK) {
      return { fault: 'SharpOrQMark', at: i };
    } else if (c >= 0xd800 && c <= 0xdfff) {
      if (c >= 0xdc00 || (text.charCodeAt(i + 1) & 0xfc00) !== 0xdc00) return { fault: 'LoneSurrogate', at: i };
      i++;
    }
  }
  return undefined;
}

function endsChunk(text: string, i: number): boolean {
  return i >= text.length || text.charCodeAt(i) === SLASH;
}

/** The chunk at `i` follows a `**`. */
function afterDouble(text: string, i: number): CanonicalFault | undefined {
  if (i >= text.length || text.charCodeAt(i) !== ASTERISK) return undefined;
  if (endsChunk(text, i + 1)) return 'SingleStarAfterDoubleStar';
  if (text.charCodeAt(i + 1) === ASTERISK && endsChunk(text, i + 2)) return 'DoubleStarAfterDoubleStar';
  return 'StarInChunk';
}

function explain({ fault, at }: Found): string {
  switch (fault) {
    case 'EmptyChunk':
      return `has an empty chunk at ${at}: between two "/", and at both ends, there must be text`;
    case 'LoneDollarStar':
      return `has "$*" as a whole chunk at ${at}: write "*"`;
    case 'SingleStarAfterDoubleStar':
      return `has "*" after "**" at ${at}: write "*/**"`;
    case 'DoubleStarAfterDoubleStar':
      return `has "**" after "**" at ${at}: one is enough`;
    case 'StarInChunk':
      return `has "*" next to other text at ${at}: inside a chunk write "$*"`;
    case 'DollarAfterDollar':
      return `has "$" right after "$*" at ${at}: one "$*" is enough`;
    case 'SharpOrQMark':
      return `has "#" or "?" at ${at}: neither is allowed`;
    case 'UnboundDollar':
      return `has "$" without "*" at ${at}: "$" is allowed only in "$*"`;
    case 'LoneSurrogate':
      return `has half a surrogate pair at ${at}: it must be valid Unicode`;
  }
}
