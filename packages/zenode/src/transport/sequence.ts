/** May `sn` follow `last`? Gaps up to half of the window pass; duplicates and older ones do not. */
export function follows(sn: number, last: number, mask: number): boolean {
  const gap = (sn - last) & mask;
  return gap !== 0 && gap <= mask >>> 1;
}
