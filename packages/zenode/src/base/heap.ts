/** Numbers, the least first: adding one and taking the least away cost the logarithm of how many there are. */
export class MinHeap {
  readonly #items: number[] = [];

  get size(): number {
    return this.#items.length;
  }

  peek(): number | undefined {
    return this.#items[0];
  }

  push(item: number): void {
    const items = this.#items;
    let i = items.length;
    items.push(item);
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (items[up]! <= item) break;
      items[i] = items[up]!;
      i = up;
    }
    items[i] = item;
  }

  pop(): number | undefined {
    const items = this.#items;
    const least = items[0];
    const item = items.pop();
    if (item === undefined || items.length === 0) return least;
    let i = 0;
    for (;;) {
      let down = 2 * i + 1;
      if (down >= items.length) break;
      if (down + 1 < items.length && items[down + 1]! < items[down]!) down++;
      if (items[down]! >= item) break;
      items[i] = items[down]!;
      i = down;
    }
    items[i] = item;
    return least;
  }

  /** Starts again with these. */
  refill(from: Iterable<number>): void {
    this.#items.length = 0;
    for (const item of from) this.#items.push(item);
    // In order is a heap, too.
    this.#items.sort((a, b) => a - b);
  }
}
