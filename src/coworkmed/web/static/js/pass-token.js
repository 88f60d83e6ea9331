// A pass as it is shown at a door, read and checked in the browser. The same as hospitality/passes/tokens.py, whose
// examples it is held to: 16 octets (version, key, pseudonym, first day, days, rights) and an Ed25519 signature.

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const HEAD = 16, SIZE = HEAD + 64, LONGEST = 14;
const CONTEXT = new TextEncoder().encode("coworkmed pass\0");
const EPOCH = Date.UTC(2020, 0, 1), DAY = 86_400_000;
export const RIGHTS = ["DESK", "ROOM"];

/** The octets of a token, however it was typed; null where it is none. */
export function octets(text) {
  const letters = text.replace(/[\s-]+/g, "").toUpperCase();
  if (letters.length !== (SIZE * 8) / 5) return null;
  const found = new Uint8Array(SIZE);
  let bits = 0, held = 0, at = 0;
  for (const letter of letters) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) return null;
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) found[at++] = (held >> (bits -= 8)) & 0xff;
  }
  return found[0] === 1 ? found : null;
}

/** What a token says, believed or not: {key, pseudonym, since, until, rights}, days as "2026-11-23"; null for none. */
export function read(text) {
  const raw = octets(text);
  if (!raw) return null;
  const days = raw[14];
  if (days < 1 || days > LONGEST) return null;
  const first = EPOCH + ((raw[12] << 8) | raw[13]) * DAY;
  return {
    key: hex(raw.subarray(1, 5)),
    pseudonym: hex(raw.subarray(5, 12)),
    since: iso(first),
    until: iso(first + (days - 1) * DAY),
    rights: RIGHTS.filter((_, place) => raw[15] & (1 << place)),
  };
}

/** What a desk that knows these keys ({id: [public, last day, …]}) and revoked pseudonyms (a Set) makes of a token. */
export async function judge(text, { keys, revoked, today }) {
  const said = read(text);
  if (!said) return { outcome: "UNREADABLE", said: null };
  const key = Object.hasOwn(keys, said.key) ? keys[said.key] : null;
  if (!key) return { outcome: "UNKNOWN_KEY", said };
  const raw = octets(text), message = new Uint8Array([...CONTEXT, ...raw.subarray(0, HEAD)]);
  if (!(await verify(key[0], raw.subarray(HEAD), message))) return { outcome: "ALTERED", said };
  if (revoked.has(said.pseudonym)) return { outcome: "REVOKED", said };
  if (today > said.until || today > key[1]) return { outcome: "EXPIRED", said };
  return { outcome: today < said.since ? "NOT_YET" : "VALID", said };
}

/** Whether a signature over a message is by the key of these 32 octets (hexadecimal). */
export async function verify(publicHex, signature, message) {
  const key = await crypto.subtle.importKey("raw", octetsOf(publicHex), "Ed25519", false, ["verify"]);
  return crypto.subtle.verify("Ed25519", key, signature, message);
}

/** Whether this browser can check passes by itself: Ed25519 came to browsers between 2023 and 2025. */
export async function able() {
  try {
    // the base point of the curve: a key every implementation takes
    await crypto.subtle.importKey("raw", octetsOf("58" + "66".repeat(31)), "Ed25519", false, ["verify"]);
    return true;
  } catch {
    return false;
  }
}

export function octetsOf(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (two) => parseInt(two, 16));
}

export function hex(raw) {
  return Array.from(raw, (one) => one.toString(16).padStart(2, "0")).join("");
}

function iso(moment) {
  return new Date(moment).toISOString().slice(0, 10);
}
