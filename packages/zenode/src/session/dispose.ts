/** Where `Symbol.asyncDispose` is missing, this is what transpiled `await using` looks for. */
const REGISTERED = Symbol.for('Symbol.asyncDispose');

/**
 * To be called for every class that has a method `[Symbol.asyncDispose]`. Where the symbol is missing, the method got the
 * name "undefined" when the class was made; it is moved to the registered symbol. Globals stay as they are.
 */
export function disposable(type: { readonly prototype: object }): void {
  if ((Symbol as { readonly asyncDispose?: symbol }).asyncDispose === undefined) moveDispose(type);
}

/** What `disposable` does where the symbol is missing. */
export function moveDispose(type: { readonly prototype: object }): void {
  const method = Object.getOwnPropertyDescriptor(type.prototype, 'undefined');
  if (method === undefined) return;
  Reflect.deleteProperty(type.prototype, 'undefined');
  Object.defineProperty(type.prototype, REGISTERED, method);
}
