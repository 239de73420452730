import { CodecError, Reader } from '../base/index.ts';
import { skipExtensions } from '../wire/index.ts';

const r: Reader = new Reader(new Uint8Array(0));

/**
 * Bytes of the whole message whose first fragment is `[start, end)`, as its payload length announces it; 0 if the
 * beginning does not tell. A hint for the size of a buffer, nothing else: what is announced may be a lie.
 */
export function expectedLength(buf: Uint8Array, start: number, end: number): number {
  r.reset(buf, start, end);
  try {
    const header = r.u8();
    const id = header & 0x1f;
    if (id !== 0x1d && id !== 0x1b) return 0;
    if (id === 0x1b) r.z32();
    r.z16();
    if ((header & 0x20) !== 0) r.skip(r.z16());
    if ((header & 0x80) !== 0) skipAll();
    let body = r.u8();
    if ((body & 0x1f) === 0x04) {
      if ((body & 0x20) !== 0) r.z64();
      if ((body & 0x80) !== 0) skipAll();
      body = r.u8();
    }
    if ((body & 0x1f) !== 0x01) return 0;
    if ((body & 0x20) !== 0) {
      r.z64();
      r.skip(r.z8());
    }
    if ((body & 0x40) !== 0 && (r.z32() & 1) !== 0) r.skip(r.z8());
    if ((body & 0x80) !== 0) skipAll();
    const length = r.z32();
    return r.pos - start + length;
  } catch (error) {
    if (error instanceof CodecError) return 0;
    throw error;
  }
}

/** Extensions are passed over whatever they are; the message is checked when it is whole. */
function skipAll(): void {
  skipExtensions(r, 'fragment');
}
