// What a scanned text is: one of our tickets, and genuine? The same as festival/domain/tickets.py
// says on the server, told without a network. Nothing here knows the page.

import { verify } from "../vendor/noble-ed25519.js?v=175946ece1ad";

const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's base 32: no I, L, O or U
const CODE = /^[0-9A-HJKMNP-TV-Z]{120}$/;
// What Python calls space, which is a little more than what JavaScript does; and the hyphen.
const SPACES = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000-]/g;
const LONGEST = 4000; // letters that are looked at
const HEAD = 11; // bytes before the signature
const VERSION = 1;
const NOT_OURS = { kind: "not_ours" };
const NOT_GENUINE = { kind: "not_genuine" };

// The first check takes many times as long as all later ones, for tables that are then kept: it is
// made of nothing, as soon as there is a moment, and not while somebody stands at the door.
export const isWarm = new Promise((resolve) => setTimeout(() => resolve(warmUp())));

function warmUp() {
  const point = new Uint8Array(32).fill(0x66);
  point[0] = 0x58; // the point that all keys are made from
  const signature = new Uint8Array(64);
  signature.set(point);
  signature[32] = 1;
  return !verify(signature, new Uint8Array(0), point, { zip215: false });
}

// The 120 letters inside what was scanned: bare, in an address, in lower case, with spaces or
// hyphens; null where there are none.
export function findCode(text) {
  // Letters beyond the first 65,536 count as one, as they do on the server.
  const start = Array.from(String(text).slice(0, 2 * LONGEST)).slice(0, LONGEST).join("");
  for (const part of start.toUpperCase().split(/[/?&=#]/)) {
    const bare = part.replace(SPACES, "");
    if (CODE.test(bare)) return bare;
  }
  return null;
}

// { kind: "ticket", number, occurrence, people, generation }; or kind "not_ours" or "not_genuine"
// alone. `keys` are the public keys that are believed, base64url, by key id.
export function readTicket(text, { instance, keys }) {
  const code = findCode(text);
  if (code === null) return NOT_OURS;
  const bytes = bytesOf(code);
  const head = bytes.subarray(0, HEAD);
  if (head[0] >> 4 !== VERSION) return NOT_OURS;
  const key = keys[head[0] & 15];
  if (!key || !isSigned(bytes.subarray(HEAD), covered(instance, head), key)) return NOT_GENUINE;
  const view = new DataView(bytes.buffer);
  return {
    kind: "ticket",
    number: view.getUint32(1),
    occurrence: view.getUint32(5),
    people: view.getUint8(9),
    generation: view.getUint8(10),
  };
}

function isSigned(signature, message, key) {
  try {
    return verify(signature, message, publicBytes(key), { zip215: false }); // as the server does
  } catch {
    return false; // a key that is none
  }
}

function covered(instance, head) {
  const words = new TextEncoder().encode(`fest-ticket/${VERSION}\0${instance}\0`);
  const all = new Uint8Array(words.length + HEAD);
  all.set(words);
  all.set(head, words.length);
  return all;
}

function publicBytes(key) {
  const letters = atob(key.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

// 120 letters of five bits are 75 bytes.
function bytesOf(code) {
  const bytes = new Uint8Array(code.length * 5 / 8);
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const letter of code) {
    held = held << 5 | LETTERS.indexOf(letter);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = held >> bits;
      held &= (1 << bits) - 1;
    }
  }
  return bytes;
}
