// One-time codes (RFC 6238: HMAC-SHA-1, 30 seconds, 6 digits), as a person's telephone makes them.

import { createHmac } from "node:crypto";

const STEP_SECONDS = 30;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The code of a base-32 secret at a moment, in milliseconds since 1970. */
export function totp(secret, atMs = Date.now()) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(atMs / 1000 / STEP_SECONDS)));
  const digest = createHmac("sha1", fromBase32(secret)).update(counter).digest();
  const offset = digest[digest.length - 1] & 0x0f;
  const number = (digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000;
  return String(number).padStart(6, "0");
}

/** When the code that follows the one of `atMs` begins; a code is taken once only. */
export function nextStepMs(atMs = Date.now()) {
  const step = STEP_SECONDS * 1000;
  return (Math.floor(atMs / step) + 1) * step;
}

function fromBase32(text) {
  const bytes = [];
  let held = 0;
  let bits = 0;
  for (const letter of text.toUpperCase().replace(/[=\s]/g, "")) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) throw new Error("not a base-32 secret");
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 0xff);
    }
  }
  return Buffer.from(bytes);
}
