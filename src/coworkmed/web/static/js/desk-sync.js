// Between a desk and the site: what it saw goes up, what it must know comes down. Either may fail at any time and is
// tried again; the site takes each scan once, however often it comes.

import * as store from "./desk-store.js";
import { octetsOf, verify } from "./pass-token.js";

const CONTEXT = new TextEncoder().encode("coworkmed bulletin\0");
const BATCH = 100;
const KEPT = 30 * 86_400_000;

/** What a bulletin says, once its signature holds and it is not older than the one before; else the reason in `fault`. */
export async function readBulletin({ text, signature, public: by }, site, before) {
  if (site && site !== by) return { fault: "site" };
  const message = new Uint8Array([...CONTEXT, ...new TextEncoder().encode(text)]);
  if (!(await verify(by, octetsOf(signature), message))) return { fault: "signature" };
  const said = JSON.parse(text);
  if (before && (said.number < before.number || said.made < before.made)) return { fault: "older" };
  return { ...said, revoked: new Set(said.revoked) };
}

/** Send what was seen, fetch what there is to know. {state: "done"|"away"|"gone"|"fault", fault?}. */
export async function sync(addresses, signed = true) {
  try {
    let fresh = await brief(addresses.briefing);
    if (fresh.gone) {
      await store.tell("briefing", undefined); // who is expected is no business of whoever has it now
      return { state: "gone" };
    }
    await send(addresses.scans, fresh);
    if ((await store.told("dirty")) !== false) fresh = await brief(addresses.briefing); // what it now knows of who is here
    const fault = signed ? await keep(fresh) : await keepUnsigned(fresh);
    await store.forget(new Date(Date.now() - KEPT).toISOString());
    return fault ? { state: "fault", fault } : { state: "done" };
  } catch {
    return { state: "away" };
  }
}

/** A briefing, with how far our clock is behind the site's in `offset`, in milliseconds. */
async function brief(address) {
  const asked = Date.now();
  const answer = await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" });
  if (answer.status === 403 && answer.headers.get("Content-Type") === "application/problem+json") return { gone: true };
  if (!answer.ok) throw new Error(String(answer.status));
  const fresh = await answer.json();
  return { ...fresh, offset: Date.parse(fresh.now) - (asked + Date.now()) / 2 };
}

async function keep(fresh) {
  const site = await store.told("site"), before = await store.told("bulletin");
  const said = await readBulletin(fresh.bulletin, site, before);
  if (said.fault) return said.fault;
  await store.tell("site", fresh.bulletin.public);
  await store.tell("bulletin", said);
  return keepUnsigned(fresh);
}

async function keepUnsigned({ bulletin, ...briefing }) {
  await store.tell("briefing", { ...briefing, fetched: Date.now() });
}

/** What was seen at another place, before this device came here, stays where it is. */
async function send(address, { csrf, place }) {
  const waiting = (await store.unsent()).filter((one) => !one.place || one.place === place);
  for (let at = 0; at < waiting.length; at += BATCH) {
    const batch = waiting.slice(at, at + BATCH);
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
      body: JSON.stringify({ scans: batch }),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    await store.sent(batch.map((one) => one.id));
  }
  await store.tell("dirty", waiting.length > 0);
}
