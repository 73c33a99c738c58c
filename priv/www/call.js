// The page of one call: what happened, what is wrong, its legs, the drawing, downloads.

import { blob, callPath, json, pageOf, text } from "./api.js";
import { codecsSection, legsSection, observersSection, qualitySection } from "./call_tables.js";
import { html } from "./ladder/dom.js";
import { pngBlob, save, svgBlob } from "./ladder/export.js";
import { findingsSection } from "./ladder/findings.js";
import { keptNames, showLadder } from "./ladder/ladder.js";
import { mermaid } from "./ladder/mermaid.js";
import { dayText, fullText, micros, spanText } from "./ladder/time.js";
import { visible } from "./ladder/visible.js";
import { Live } from "./live.js";
import { badge } from "./outcome.js";
import { storySection } from "./story.js";

const id = new URLSearchParams(location.search).get("id") ?? "";
const waiting = document.getElementById("waiting");

function who(leg) {
  const from =
    leg?.from_name && leg.from_user ? `${leg.from_name} (${leg.from_user})` : (leg?.from_name ?? leg?.from_user);
  const to = leg?.to_user ?? leg?.ruri_user;
  return from || to ? `${from || "somebody"} → ${to || "somebody"}` : undefined;
}

function facts(model) {
  const { analysis, legs } = model;
  const first = legs[0];
  const spans = [
    ["Post-dial delay", "post_dial_delay_ms"],
    ["Ringing", "ring_ms"],
    ["Setup", "setup_ms"],
    ["Duration", "duration_ms"],
  ]
    .filter(([, name]) => analysis[name] !== undefined)
    .map(([name, member]) => html("li", {}, `${name} `, html("b", {}, spanText(analysis[member]))));
  return html(
    "ul",
    { class: "facts" },
    html("li", {}, html("b", {}, `${fullText(model.begin).slice(0, 23)} UTC`)),
    analysis.final_status !== undefined &&
      html("li", {}, "Final status ", html("b", {}, `${analysis.final_status} ${analysis.final_reason ?? ""}`)),
    analysis.failing_host && html("li", {}, "Failing host ", html("b", {}, analysis.failing_host)),
    analysis.hung_up_by && html("li", {}, "Hung up by ", html("b", {}, analysis.hung_up_by)),
    spans,
    html("li", {}, html("b", {}, String(model.messages.length)), " messages"),
    html("li", { class: "call-id" }, "Call-ID ", html("span", { class: "mono" }, visible(first?.["call-id"] ?? id))),
  );
}

/** Says so when the call goes on while somebody looks. */
function watch(model) {
  const quiet = 600_000; // milliseconds after which nothing more is expected
  const arrivals = model.messages.flatMap(({ observedBy }) => observedBy.map(({ arrival }) => arrival ?? 0));
  const newest = Math.max(...arrivals.slice(-64), 0) / 1000;
  if (model.analysis.outcome !== "in_progress" && Date.now() - newest > quiet) return;
  const ids = [id, ...model.legs.slice(0, 30).map((leg) => leg["call-id"])];
  const quoted = [...new Set(ids)].map((one) => `"${one.replaceAll('"', '\\"')}"`).join(",");
  const expression = `call=${quoted}`;
  const live = new Live(expression, {
    live() {},
    async changed() {
      const { rows } = await json(`/api/search?${new URLSearchParams({ q: expression })}`);
      if (!rows.some(({ last }) => micros(last) > newest * 1000)) return;
      live.close();
      const again = html("button", { type: "button", onclick: () => location.reload() }, "Show what is new");
      document.getElementById("news").replaceChildren(html("p", { class: "notice" }, "The call went on. ", again));
    },
  });
}

function downloads(shown, details) {
  const problem = html("span", { role: "status" });
  const name = (extension) => `call-${id}.${extension}`;
  const file = (text_, extension, make) =>
    html(
      "button",
      {
        type: "button",
        onclick: async ({ currentTarget: button }) => {
          button.disabled = true;
          problem.textContent = "";
          try {
            save(await make(), name(extension));
          } catch (error) {
            problem.textContent = error.message;
          }
          button.disabled = false;
        },
      },
      text_,
    );
  const path = (part) => callPath(id, part);
  const fetched = (part, type) => async () => new Blob([await text(path(part))], { type });
  return html(
    "div",
    { class: "downloads", role: "group", "aria-label": "Downloads" },
    problem,
    file("SVG", "svg", () => svgBlob(shown.ladder)),
    file("PNG", "png", () => pngBlob(shown.ladder)),
    file("Text", "txt", fetched("ladder.txt", "text/plain")),
    file("Mermaid", "mmd", () => new Blob([mermaid(shown.ladder)], { type: "text/plain" })),
    file("JSON", "json", () => new Blob([JSON.stringify(details, undefined, 1)], { type: "application/json" })),
    file("Capture", "pcapng", () => blob(path("pcapng"))),
    html("button", { type: "button", onclick: () => print() }, "Print"),
    html("button", { type: "button", onclick: () => shown.help.showModal() }, "Keys ?"),
  );
}

/** The link's message: #m12. */
function linked() {
  const parts = /^#m(\d+)$/.exec(location.hash);
  return parts ? Number(parts[1]) : undefined;
}

function show(details, story) {
  const area = document.getElementById("call");
  const link = (place) => `${location.origin}${pageOf(id)}#m${place}`;
  const shown = showLadder(document.getElementById("ladder"), details, {
    names: keptNames(),
    link,
    keys: [
      [
        ["s"],
        "what happened, or only the drawing",
        () => {
          summary.hidden = !summary.hidden;
          shown.ladder.draw();
        },
      ],
      [
        ["l"],
        "link to the message into the address line",
        () => {
          if (shown.ladder.current !== undefined) history.replaceState(null, "", `#m${shown.ladder.current}`);
        },
      ],
    ],
  });
  const { model } = shown;
  const title = who(model.legs[0]) ?? visible(id);
  document.title = `${title} ${dayText(model.begin)} - Call Inspector`;
  const go = (place) => {
    if (shown.go(place)) shown.ladder.body.focus({ preventScroll: true });
  };
  const summary = html("div", { class: "summary" }, storySection(story), findingsSection(model.findings, go));
  const tables = [legsSection(model), codecsSection(model), qualitySection(model, go), observersSection(model)];
  document.getElementById("details").replaceChildren(...tables.filter(Boolean));
  area.replaceChildren(
    html(
      "div",
      { class: "call-head" },
      html("h1", {}, title),
      badge(model.analysis.outcome),
      downloads(shown, details),
    ),
    facts(model),
    model.incomplete ? html("p", { class: "notice" }, model.incomplete) : "",
    html("div", { id: "news", role: "status" }),
    summary,
  );
  watch(model);
  const follow = () => {
    if (linked() !== undefined) go(linked());
  };
  addEventListener("hashchange", follow);
  follow();
  shown.ladder.draw();
}

async function start() {
  if (!id) throw new Error("The address names no call: choose one from the list of calls.");
  const [details, story] = await Promise.all([json(callPath(id)), text(callPath(id, "story"))]);
  if (details.messages.length === 0) throw new Error(`No messages of this call are stored: ${visible(id)}`);
  const began = performance.now();
  show(details, story);
  performance.measure("call drawn", { start: began });
  waiting.remove();
}

start().catch((error) => {
  waiting.textContent = error.message;
  waiting.className = "problem";
  waiting.setAttribute("role", "alert");
});
