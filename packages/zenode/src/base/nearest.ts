/** The name that needs the fewest edits, if they are few for its length, or else one that begins so. */
export function nearest(wrong: string, names: Iterable<string>): string | undefined {
  if (wrong.length > 64) return undefined;
  const plain = simplified(wrong);
  let best: string | undefined;
  let fewest = Infinity;
  for (const name of names) {
    const edits = distance(plain, simplified(name));
    if (edits < fewest && edits <= Math.max(1, Math.floor(Math.min(name.length, plain.length) / 3) + 1)) {
      fewest = edits;
      best = name;
    }
  }
  if (best !== undefined || plain.length < 2) return best;
  for (const name of names) if (simplified(name).startsWith(plain)) return name;
  return undefined;
}

/** Case, and which of hyphen, underscore and space stands between words, is no difference. */
function simplified(name: string): string {
  return name.toLowerCase().replaceAll(/[-\s]/g, '_');
}

/** Insertions, deletions, replacements and swaps of neighbours between two short texts. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let above: number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let edits = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) edits = Math.min(edits, before[j - 2]! + 1);
      row.push(edits);
    }
    before = above;
    above = row;
  }
  return above[b.length]!;
}
