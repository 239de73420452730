import { readFileSync } from 'node:fs';

/** One line of a recorded conversation: a message, a closed link, or what somebody did. */
export interface Step {
  readonly index: number;
  readonly at: number;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** The message; undefined if a link was closed or something was done. */
  readonly hex: string | undefined;
  /** What was done, or `link closed`. */
  readonly event: string | undefined;
  /** The message in words, for reports. */
  readonly text: string;
}

interface RecordedStep {
  t_ms: number;
  from?: string;
  to?: string;
  hex?: string;
  event?: string;
  message?: { text: string } | null;
}

const recorded = JSON.parse(readFileSync(new URL('../vectors/sequences.json', import.meta.url), 'utf8')) as {
  name: string;
  steps: RecordedStep[];
}[];

/** Steps of conversations that follow one another with the same nodes, as if they were one. */
export function conversation(...names: string[]): Step[] {
  const steps: Step[] = [];
  let offset = 0;
  for (const name of names) {
    const one = recorded.find((any) => any.name === name);
    if (one === undefined) throw new Error(`no conversation is named ${name}`);
    const first = Math.min(...one.steps.map((step) => step.t_ms));
    for (const step of one.steps) {
      steps.push({
        index: steps.length,
        at: Math.floor(step.t_ms - first + offset),
        from: step.from,
        to: step.to,
        hex: step.hex === undefined || step.hex === '' ? undefined : step.hex,
        event: step.event,
        text: step.message?.text ?? step.event ?? '',
      });
    }
    offset = steps.at(-1)!.at + 1000;
  }
  return steps;
}
