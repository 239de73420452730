/* The tour of a text: fenced blocks behind `<!-- tour: TERMINAL [runs] -->`. */

export interface Step {
  readonly command: string;
  /** What it prints, with the newline at the end of each line. */
  readonly output: string;
}

export interface Block {
  /** Whose lines they are, or `file PATH` for what stands in a file. */
  readonly terminal: string;
  /** Its command does not end by itself; later blocks of the terminal are what it prints then. */
  readonly runs: boolean;
  readonly steps: readonly Step[];
  readonly text: string;
}

export function blocksOf(markdown: string): Block[] {
  const found = markdown.matchAll(/^<!-- tour: (.+?)( runs)? -->\n```\w+\n([^]*?)^```$/gm);
  return [...found].map(([, terminal = '', runs, text = '']) => ({
    terminal,
    runs: runs !== undefined,
    steps: stepsOf(text),
    text,
  }));
}

function stepsOf(text: string): Step[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      return { command: part.slice(0, end), output: part.slice(end + 1) };
    });
}

/**
 * What matches an output that is the same but for times, identifiers, addresses and ports. A line `…` is any lines.
 * @param whole nothing may follow
 */
export function patternOf(output: string, whole: boolean = false): RegExp {
  const source = output
    .replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`)
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\\\.\d{3}Z/g, String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`)
    .replaceAll(/\b[0-9a-f]{24,32}\b/g, '[0-9a-f]+')
    .replaceAll(/tcp\\\/\d+(\\\.\d+){3}:\d+/g, String.raw`tcp\/\S+:\d+`)
    .replaceAll(/"eid":\d+/g, String.raw`"eid":\d+`)
    .replaceAll(/^…\n/gm, String.raw`([^]*\n)?`);
  return new RegExp(`^${source}${whole ? '$' : ''}`);
}
