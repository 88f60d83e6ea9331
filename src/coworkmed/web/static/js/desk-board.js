// What a desk shows: a verdict, who is expected, how things stand with the network.

import { closed, dayAt, isHere, placesLeft } from "./desk-rules.js";

const GOOD = new Set(["VALID", "HERE_ALREADY"]);

export function drawVerdict(section, found, words) {
  const [title, text] = words.outcomes[found.outcome], good = GOOD.has(found.outcome);
  const said = {
    title,
    text: found.lease ? words.walkIn : text,
    who: [found.name, found.home && words.home.replace("{place}", found.home), found.hours].filter(Boolean).join(" · "),
  };
  for (const [name, value] of Object.entries(said)) section.querySelector(`[data-${name}]`).textContent = value;
  const letIn = section.querySelector("[data-let-in]");
  letIn.textContent = good ? words.letIn : words.letInAnyway;
  letIn.hidden = closed(found);
  section.querySelector("details").hidden = closed(found);
  section.querySelector("details").open = false;
  section.dataset.tone = good ? "good" : found.outcome === "OVER_LEASE" ? "fair" : "poor";
  section.hidden = false;
}

export function drawBoard(root, known) {
  const { briefing, bulletin, waiting, state, signed, scans, moment } = known, { words } = root;
  const net = root.querySelector("[data-net]");
  net.dataset.state = { done: "here", away: "away" }[state.state ?? state] ?? (state ? "wrong" : "away");
  net.textContent = [told(state, signed, words), waiting && words.waiting.replace("{n}", number(waiting, root)), briefing && words.heard.replace("{time}", time(briefing.fetched, root))]
    .filter(Boolean).join(" ");
  const old = root.querySelector("[data-old]");
  old.hidden = !(bulletin && Date.parse(bulletin.expires) < moment);
  root.querySelector("[data-left]").textContent = briefing ? number(placesLeft(briefing.lease, scans, moment), root) : "–";
  if (briefing) drawExpected(root, briefing, scans, moment);
  else if (state.state === "gone") root.querySelector("[data-expected]").replaceChildren();
}

function told(state, signed, words) {
  const what = state.state ?? state;
  if (what === "done") return words.connected;
  if (what === "gone") return words.gone;
  if (what === "fault") return words.faults[state.fault];
  return signed === false ? words.unable : words.away;
}

function drawExpected(root, briefing, scans, moment) {
  const today = dayAt(briefing.days, moment), list = root.querySelector("[data-expected]");
  const come = briefing.expected.filter((one) => one.day === today);
  root.querySelector("[data-none]").hidden = come.length > 0;
  list.replaceChildren(...come.map((one) => {
    const line = document.createElement("li"), here = isHere(one.visitor, today, briefing, scans);
    for (const [tag, text] of [["bdi", one.name || root.words.visitor], ["span", one.hours]]) {
      line.appendChild(document.createElement(tag)).textContent = text;
    }
    if (here) Object.assign(line.appendChild(document.createElement("strong")), { className: "badge", textContent: root.words.here }).dataset.tone = "good";
    return line;
  }));
}

const number = (value, root) => value.toLocaleString(root.language);
const time = (moment, root) => new Date(moment).toLocaleString(root.language, { weekday: "short", hour: "2-digit", minute: "2-digit" });
