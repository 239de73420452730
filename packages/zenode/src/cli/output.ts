import { stderr, stdout } from 'node:process';

/** Where a command writes: values on stdout, everything else on stderr. */
export class Output {
  readonly json: boolean;
  readonly #quiet: boolean;
  /** Whoever read stdout has gone. */
  #gone = false;

  /** @param onGone called once, when nobody reads stdout any more */
  constructor(json: boolean, quiet: boolean, onGone: () => void) {
    this.json = json;
    this.#quiet = quiet;
    stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (this.#gone) return;
      this.#gone = true;
      if (error.code !== 'EPIPE') this.error(`cannot write to stdout: ${error.message}`);
      onGone();
    });
    stderr.on('error', () => undefined);
  }

  /** One value, as it arrives. */
  value(fields: () => object, text: () => string): void {
    if (!this.#gone) stdout.write(`${this.json ? JSON.stringify(fields()) : text()}\n`);
  }

  /** What a person wants to know while waiting. */
  note(text: string): void {
    if (!this.#quiet) stderr.write(`${text}\n`);
  }

  error(text: string): void {
    stderr.write(`zenode: ${oneLine(text)}\n`);
  }

  /** Resolves when everything is with the system. */
  flushed(): Promise<void> {
    if (this.#gone || stdout.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      stdout.write('', () => resolve());
    });
  }
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, '; ');
}
