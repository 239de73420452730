import { hmac } from '@noble/hashes/hmac.js';
import { sha3_256, shake128 as noble } from '@noble/hashes/sha3.js';

/** HMAC over SHA3-256, 32 bytes: the proof of a password in the handshake. */
export function hmacSha3_256(key: Uint8Array, message: Uint8Array): Uint8Array {
  return hmac(sha3_256, key, message);
}

/** `length` bytes of SHAKE128: where the first sequence number of a transport comes from. */
export function shake128(bytes: Uint8Array, length: number): Uint8Array {
  return noble(bytes, { dkLen: length });
}
