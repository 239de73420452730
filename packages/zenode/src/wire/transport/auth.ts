import { CodecError, Reader, copyBytes } from '../../base/index.ts';
import type { Writer } from '../../base/index.ts';
import { ENC_MASK, EXT_MORE, skipExtensionBody } from '../core/extension.ts';

/*
 * The value of the Auth extension of Init and Open: a chain of extensions of its own, first pubkey, then usrpwd. What is
 * unknown is ignored, even if mandatory; a known id with an unexpected encoding is an error.
 */

const PUBKEY = 0x01;
const USRPWD = 0x02;

/** One method at one step; which fields count depends on the step. */
export interface AuthPart {
  /** A unit: usrpwd in InitSyn and OpenAck, pubkey in OpenAck. */
  readonly unit: boolean;
  /** A nonce as two halves: usrpwd in InitAck. */
  readonly nonce: readonly [hi: number, lo: number] | undefined;
  /** Bytes: usrpwd in OpenSyn, pubkey in the first three messages. */
  readonly bytes: Uint8Array | undefined;
}

export interface Auth {
  readonly pubkey: AuthPart | undefined;
  readonly usrpwd: AuthPart | undefined;
}

export const AUTH_UNIT: AuthPart = { unit: true, nonce: undefined, bytes: undefined };

export function authNonce(hi: number, lo: number): AuthPart {
  return { unit: false, nonce: [hi, lo], bytes: undefined };
}

export function authBytes(bytes: Uint8Array): AuthPart {
  return { unit: false, nonce: undefined, bytes };
}

export function encodeAuth(w: Writer, auth: Auth): void {
  if (auth.pubkey) writePart(w, PUBKEY, auth.pubkey, auth.usrpwd !== undefined);
  if (auth.usrpwd) writePart(w, USRPWD, auth.usrpwd, false);
}

/** @param chain the value of the extension; undefined and empty say the same */
export function decodeAuth(chain: Uint8Array | undefined): Auth {
  let pubkey: AuthPart | undefined;
  let usrpwd: AuthPart | undefined;
  if (chain !== undefined && chain.length > 0) {
    const r = new Reader(chain);
    for (let more = true; more;) {
      const ext = r.u8();
      more = (ext & EXT_MORE) !== 0;
      switch (ext & 0x0f) {
        case PUBKEY:
          pubkey = readPart(r, ext);
          break;
        case USRPWD:
          usrpwd = readPart(r, ext);
          break;
        default:
          skipExtensionBody(r, ext);
      }
    }
  }
  return { pubkey, usrpwd };
}

/** The answer of usrpwd: user and HMAC. */
export interface UsrPwd {
  readonly user: Uint8Array;
  readonly hmac: Uint8Array;
}

export function encodeUsrPwd(w: Writer, m: UsrPwd): void {
  w.bytes(m.user);
  w.bytes(m.hmac);
}

export function decodeUsrPwd(bytes: Uint8Array): UsrPwd {
  const r = new Reader(bytes);
  return { user: r.raw(r.z53()), hmac: r.raw(r.z53()) };
}

/**
 * What pubkey and MultiLink carry: in InitSyn a key, in InitAck a key and a nonce, in OpenSyn a nonce, always encrypted
 * for the receiver. Numbers are little-endian.
 */
export interface PublicKey {
  readonly n: Uint8Array;
  readonly e: Uint8Array;
}

export function encodePublicKey(w: Writer, key: PublicKey, nonce?: Uint8Array): void {
  w.bytes(key.n);
  w.bytes(key.e);
  if (nonce) w.bytes(nonce);
}

export function decodePublicKey(
  bytes: Uint8Array,
  withNonce: boolean,
): { key: PublicKey; nonce: Uint8Array | undefined } {
  const r = new Reader(bytes);
  const key = { n: r.raw(r.z53()), e: r.raw(r.z53()) };
  return { key, nonce: withNonce ? r.raw(r.z53()) : undefined };
}

export function encodeNonce(w: Writer, nonce: Uint8Array): void {
  w.bytes(nonce);
}

export function decodeNonce(bytes: Uint8Array): Uint8Array {
  const r = new Reader(bytes);
  return r.raw(r.z53());
}

function writePart(w: Writer, id: number, part: AuthPart, more: boolean): void {
  const next = more ? EXT_MORE : 0;
  if (part.bytes) {
    w.u8(id | 0x40 | next);
    w.bytes(part.bytes);
  } else if (part.nonce) {
    w.u8(id | 0x20 | next);
    w.z64(part.nonce[0], part.nonce[1]);
  } else {
    w.u8(id | next);
  }
}

function readPart(r: Reader, ext: number): AuthPart {
  switch (ext & ENC_MASK) {
    case 0x00:
      return AUTH_UNIT;
    case 0x20: {
      const lo = r.z64();
      return authNonce(r.hi, lo);
    }
    case 0x40: {
      const start = r.skip(r.z32());
      return authBytes(copyBytes(r.buf, start, r.pos));
    }
    default:
      throw new CodecError('extension has the reserved encoding 3');
  }
}
