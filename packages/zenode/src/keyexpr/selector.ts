import { type IntoKeyExpr, KeyExpr } from './key-expr.ts';
import { type IntoParameters, Parameters } from './parameters.ts';

/** What is accepted where a selector is needed. */
// oxlint-disable-next-line typescript/no-wrapper-object-types -- programs written for zenoh-ts pass it
export type IntoSelector = Selector | KeyExpr | readonly [KeyExpr, Parameters] | String | string;

/** A key expression with parameters: `a/**?x=1;y`. */
export class Selector {
  readonly #keyExpr: KeyExpr;
  readonly #parameters: Parameters;

  /** @throws KeyExprError unless the key expression is canonical */
  constructor(keyExpr: IntoKeyExpr, parameters: IntoParameters = '') {
    this.#keyExpr = KeyExpr.of(keyExpr);
    this.#parameters = Parameters.of(parameters);
  }

  /** Text is cut at its first `?`. @throws KeyExprError unless what stands before it is canonical */
  static from(selector: IntoSelector): Selector {
    if (selector instanceof Selector) return selector;
    if (selector instanceof KeyExpr) return new Selector(selector);
    if (typeof selector === 'string' || selector instanceof String) {
      const text = selector.toString();
      const mark = text.indexOf('?');
      return mark < 0 ? new Selector(text) : new Selector(text.slice(0, mark), text.slice(mark + 1));
    }
    return new Selector(selector[0], selector[1]);
  }

  keyExpr(): KeyExpr {
    return this.#keyExpr;
  }

  parameters(): Parameters {
    return this.#parameters;
  }

  /** Without `?` where there are no parameters. */
  toString(): string {
    return this.#parameters.isEmpty() ? this.#keyExpr.text : `${this.#keyExpr.text}?${this.#parameters.toString()}`;
  }

  toJSON(): string {
    return this.toString();
  }
}
