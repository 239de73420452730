import type { ZenohId } from '../wire/index.ts';

interface Condition {
  zid: string | undefined;
  met: boolean;
}

/** What `open` of a peer waits for: every connector under way has led to a node that has told what it has. */
export class StartConditions {
  readonly #list: Condition[] = [];
  #signal: (() => void) | undefined;
  #fired = false;

  /** Resolves when all are met, and at least one was. */
  wait(): Promise<void> {
    if (this.#fired) return Promise.resolve();
    return new Promise((resolve) => {
      this.#signal = resolve;
    });
  }

  /** A connector to a configured endpoint starts. */
  addConnector(): Condition {
    const condition: Condition = { zid: undefined, met: false };
    this.#list.push(condition);
    return condition;
  }

  /** A connector has reached a node. One that was heard of otherwise is the same. */
  connected(condition: Condition, zid: ZenohId): void {
    const name = zid.toString();
    const known = this.#list.find((one) => one !== condition && one.zid === name);
    condition.zid = name;
    if (known !== undefined) {
      this.#list.splice(this.#list.indexOf(condition), 1);
      this.#check();
    }
  }

  meet(condition: Condition): void {
    condition.met = true;
    this.#check();
  }

  /** A connector gave up: it is not waited for. */
  drop(condition: Condition | undefined): void {
    const i = condition === undefined ? -1 : this.#list.indexOf(condition);
    if (i < 0) return;
    this.#list.splice(i, 1);
    this.#check();
  }

  /** A node is being dialled that was heard of. */
  addNode(zid: ZenohId): void {
    const name = zid.toString();
    if (!this.#list.some((one) => one.zid === name)) this.#list.push({ zid: name, met: false });
  }

  /** That node is ready. */
  meetNode(zid: ZenohId): void {
    const name = zid.toString();
    let known = this.#list.find((one) => one.zid === name);
    if (known === undefined) {
      known = { zid: name, met: false };
      this.#list.push(known);
    }
    this.meet(known);
  }

  #check(): void {
    if (this.#list.length === 0 || !this.#list.every((one) => one.met)) return;
    this.#fired = true;
    this.#signal?.();
  }
}

export type { Condition };
