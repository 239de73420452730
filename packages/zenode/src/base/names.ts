/** Reverse lookup of an enumeration: value to name, the last of several names of one value. */
export interface Names {
  readonly [value: number]: string;
}

/** Adds the reverse lookup to the values of an enumeration. */
export function withNames<T extends Readonly<Record<string, number>>>(values: T): Names & Readonly<T> {
  const both: Record<string | number, string | number> = { ...values };
  for (const [name, value] of Object.entries(values)) both[value] = name;
  return Object.freeze(both) as unknown as Names & Readonly<T>;
}
