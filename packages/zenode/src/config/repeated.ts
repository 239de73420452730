/** A key that an object has more than once, and where the second one is. */
export interface RepeatedKey {
  readonly path: string;
  readonly key: string;
  readonly line: number;
  readonly column: number;
}

interface Level {
  /** Keys of an object so far; undefined for an array. */
  readonly keys: Set<string> | undefined;
  readonly path: string;
  /** Key or index of the member that is being read. */
  step: string | number;
}

const TOKEN =
  /\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\/|"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|[{}[\],:]|(?:\\u[0-9a-fA-F]{4}|[^\s\ufeff{}[\],:"'/])+/g;

/**
 * Finds repeated keys in a text that is known to be JSON5. The parser keeps the last of them in silence, and in a
 * configuration one of the two was meant to hold.
 */
export function repeatedKeys(text: string): RepeatedKey[] {
  const found: RepeatedKey[] = [];
  const stack: Level[] = [];
  let key: { readonly text: string; readonly at: number } | undefined; // could be one: becomes one by a colon
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const level = stack.at(-1);
    switch (token) {
      case '{':
      case '[':
        stack.push({
          keys: token === '{' ? new Set() : undefined,
          path: level === undefined ? '' : `${level.path === '' ? '' : `${level.path}/`}${level.step}`,
          step: 0,
        });
        break;
      case '}':
      case ']':
        stack.pop();
        break;
      case ',':
        if (level !== undefined && typeof level.step === 'number') level.step++;
        break;
      case ':':
        if (level?.keys !== undefined && key !== undefined) {
          const name = unquoted(key.text);
          level.step = name;
          if (level.keys.has(name)) found.push({ path: level.path, key: name, ...position(text, key.at) });
          level.keys.add(name);
        }
        break;
      default:
        if (!token.startsWith('//') && !token.startsWith('/*')) key = { text: token, at: index };
    }
  }
  return found;
}

/** The name behind a quoted or bare key. Rare escapes are compared as they are written. */
function unquoted(token: string): string {
  const quoted = token.startsWith('"') || token.startsWith("'");
  const inner = quoted ? token.slice(1, -1) : token;
  return inner.replaceAll(/\\u([0-9a-fA-F]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

function position(text: string, at: number): { line: number; column: number } {
  const lines = text.slice(0, at).split(/\r\n|[\n\r\u2028\u2029]/);
  return { line: lines.length, column: lines.at(-1)!.length + 1 };
}
