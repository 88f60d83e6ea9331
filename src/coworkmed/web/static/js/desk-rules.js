// What a desk makes of someone at the door. No page, no storage and no network here: what is known comes in.

import { judge } from "./pass-token.js";

/** The service day at a moment (milliseconds), of those the briefing tells; null beyond them. */
export function dayAt(days, moment) {
  return days.find(([, starts, ends]) => Date.parse(starts) <= moment && moment < Date.parse(ends))?.[0] ?? null;
}

/** A typed code as it is kept, or "" where it can't be one. */
export function typedCode(text) {
  const code = text.replace(/[\s-]+/g, "").toUpperCase().replace(/[IL]/g, "1").replace(/O/g, "0");
  return /^[0-9A-HJKMNP-TV-Z]{10}$/.test(code) ? code : "";
}

export async function codeDigest(place, code) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${place}:${code}`));
  return Array.from(new Uint8Array(digest), (one) => one.toString(16).padStart(2, "0")).join("");
}

/** Places for walk-ins that are left of a lease at a moment, after these scans. */
export function placesLeft(lease, scans, moment) {
  if (!lease || moment >= Date.parse(lease.expires)) return 0;
  const on = new Set(scans.filter((one) => one.lease === lease.id && one.kind === "LET_IN").map((one) => one.visitor));
  return Math.max(0, lease.places - on.size);
}

/**
 * What to do with what was scanned or typed: {outcome, visitor, token, name, home, hours, lease}.
 * `known`: {briefing, bulletin: {keys, revoked}, scans, moment}.
 */
export async function decide(text, known) {
  const { briefing, bulletin, moment } = known;
  const today = dayAt(briefing.days, moment) ?? new Date(moment).toISOString().slice(0, 10);
  const code = typedCode(text);
  if (code) {
    const digest = await codeDigest(briefing.place, code);
    const found = briefing.expected.find((one) => one.code === digest && one.day === today);
    if (!found) return { outcome: "UNKNOWN_CODE", visitor: "", token: "" };
    return atTheDoor({ visitor: found.visitor, token: "", home: "" }, today, known);
  }
  const { outcome, said } = await judge(text, { keys: bulletin.keys, revoked: bulletin.revoked, today });
  const proved = said && !["UNKNOWN_KEY", "ALTERED"].includes(outcome);
  const who = { visitor: proved ? said.pseudonym : "", token: text, home: proved ? bulletin.keys[said.key][3] : "" };
  return outcome === "VALID" ? atTheDoor(who, today, known) : { outcome, ...who };
}

function atTheDoor(who, today, { briefing, scans, moment }) {
  const booked = briefing.expected.find((one) => one.visitor === who.visitor && one.day === today);
  const more = booked ? { name: booked.name, hours: booked.hours } : {};
  if (isHere(who.visitor, today, briefing, scans)) return { outcome: "HERE_ALREADY", ...who, ...more };
  if (booked) return { outcome: "VALID", ...who, ...more };
  const left = placesLeft(briefing.lease, scans, moment);
  return { outcome: left ? "VALID" : "OVER_LEASE", ...who, lease: left ? briefing.lease.id : null, left };
}

/** Whether somebody was let in on a service day, as this device or the site knows. */
export function isHere(visitor, day, briefing, scans) {
  return (
    briefing.here.some(([who, on]) => who === visitor && on === day) ||
    scans.some((one) => one.kind === "LET_IN" && one.visitor === visitor && one.day === day)
  );
}

/** Whether there is nothing to be let in to: they are inside, or nothing is known of them. */
export const closed = ({ outcome }) => outcome === "HERE_ALREADY" || outcome === "ASK_SITE";

/** What was done about someone, as it is kept and sent. */
export function scanOf(found, kind, why, { briefing, moment }) {
  return {
    id: crypto.randomUUID(),
    kind,
    why,
    outcome: found.outcome === "ASK_SITE" ? "WALK_IN" : found.outcome,
    token: found.token,
    visitor: found.visitor,
    lease: (kind === "LET_IN" && found.lease) || null,
    at: new Date().toISOString(),
    offset: briefing ? Math.round(briefing.offset / 1000) : null,
    online: navigator.onLine,
    place: briefing?.place ?? "",
    day: briefing ? dayAt(briefing.days, moment) : null,
  };
}
