import { type Names, withNames } from '../base/index.ts';
import { KeyExprError, assertCanonical, canonize, isCanonical, quote } from './canonical.ts';
import { includes, intersects } from './matching.ts';
import { literalPrefix, stripPrefix } from './prefix.ts';

/** What is accepted where a key expression is needed. Text must be canonical. */
// oxlint-disable-next-line typescript/no-wrapper-object-types -- programs written for zenoh-ts pass it
export type IntoKeyExpr = KeyExpr | String | string;

/** How the keys of one expression relate to those of another. */
export type SetIntersectionLevel = 0 | 1 | 2 | 3;
export const SetIntersectionLevel: Names & {
  readonly DISJOINT: 0;
  readonly INTERSECTS: 1;
  readonly INCLUDES: 2;
  readonly EQUALS: 3;
} = withNames({ DISJOINT: 0, INTERSECTS: 1, INCLUDES: 2, EQUALS: 3 } as const);

/** A canonical key expression. Immutable; two are equal if their texts are. */
export class KeyExpr {
  readonly text: string;

  /** @throws KeyExprError unless the text is canonical */
  constructor(keyExpr: IntoKeyExpr) {
    if (keyExpr instanceof KeyExpr) {
      this.text = keyExpr.text;
    } else {
      this.text = String(keyExpr);
      assertCanonical(this.text);
    }
  }

  /** The value itself if it is a KeyExpr already, else a new one. @throws KeyExprError unless the text is canonical */
  static of(keyExpr: IntoKeyExpr): KeyExpr {
    return keyExpr instanceof KeyExpr ? keyExpr : new KeyExpr(keyExpr);
  }

  /** Undefined instead of an error, and much cheaper than one. */
  static tryFrom(text: string): KeyExpr | undefined {
    return isCanonical(text) ? new KeyExpr(text) : undefined;
  }

  /** Brings the text to canonical form first. @throws KeyExprError if that is not enough */
  static autocanonize(keyExpr: IntoKeyExpr): KeyExpr {
    return keyExpr instanceof KeyExpr ? keyExpr : new KeyExpr(canonize(String(keyExpr)));
  }

  /** Is there a key that both match? */
  intersects(other: IntoKeyExpr): boolean {
    return intersects(this.text, textOf(other));
  }

  /** Does this match every key of the other? "No" also in a few cases that no node of the network recognises. */
  includes(other: IntoKeyExpr): boolean {
    return includes(this.text, textOf(other));
  }

  /** Seen from this: when it is the other that includes, the answer is INTERSECTS. */
  relationTo(other: IntoKeyExpr): SetIntersectionLevel {
    const text = textOf(other);
    if (text === this.text) return SetIntersectionLevel.EQUALS;
    if (!intersects(this.text, text)) return SetIntersectionLevel.DISJOINT;
    return includes(this.text, text) ? SetIntersectionLevel.INCLUDES : SetIntersectionLevel.INTERSECTS;
  }

  equals(other: IntoKeyExpr): boolean {
    return this.text === (other instanceof KeyExpr ? other.text : String(other));
  }

  /** Appends "/" and a text that need not be a key expression by itself, then brings the whole to canonical form. */
  join(other: IntoKeyExpr): KeyExpr {
    return KeyExpr.autocanonize(`${this.text}/${String(other)}`);
  }

  /** Appends text as it is. @throws KeyExprError if "*" would meet "*", or unless the result is canonical */
  concat(other: IntoKeyExpr): KeyExpr {
    const text = String(other);
    if (this.text.endsWith('*') && text.startsWith('*')) {
      const attempt = `cannot append ${quote(text)} to ${quote(this.text)}`;
      const hint = 'that would make another wildcard; use join, which puts "/" between';
      throw new KeyExprError('StarConcat', this.text + text, `${attempt}: ${hint}`);
    }
    return new KeyExpr(this.text + text);
  }

  /** Does it contain a wildcard? If not, it is the name of one key. */
  isWild(): boolean {
    return this.text.includes('*');
  }

  /** The longest leading part of whole chunks without wildcards; undefined if there is none. */
  literalPrefix(): KeyExpr | undefined {
    const prefix = literalPrefix(this.text);
    return prefix === undefined ? undefined : new KeyExpr(prefix);
  }

  /** What may be left of this behind the prefix, which may be wild: none, one, or several with `**`. */
  stripPrefix(prefix: IntoKeyExpr): KeyExpr[] {
    return stripPrefix(this.text, textOf(prefix)).map((text) => new KeyExpr(text));
  }

  chunks(): string[] {
    return this.text.split('/');
  }

  toString(): string {
    return this.text;
  }

  toJSON(): string {
    return this.text;
  }
}

/** @throws KeyExprError if the text has wildcards, or is not canonical */
export function literalKey(keyExpr: IntoKeyExpr): KeyExpr {
  const key = KeyExpr.of(keyExpr);
  const at = key.text.indexOf('*');
  if (at < 0) return key;
  const reason = `has a wildcard at ${at}: a plain key is needed`;
  throw new KeyExprError('Wild', key.text, `key expression ${quote(key.text)} ${reason}`);
}

function textOf(keyExpr: IntoKeyExpr): string {
  if (keyExpr instanceof KeyExpr) return keyExpr.text;
  const text = String(keyExpr);
  assertCanonical(text);
  return text;
}
