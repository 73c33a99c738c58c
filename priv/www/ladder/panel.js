// One message whole, with who saw it when; or two of them side by side in what they differ.

import { differences } from "./differences.js";
import { html } from "./dom.js";
import { legClass } from "./style.js";
import { deltaText, fullText, spanText } from "./time.js";

const wire = ({ chunk }) => (chunk.raw ?? []).join("\r\n") + "\r\n".repeat(chunk.crlfs ?? 0);

/** Puts text on the clipboard; a button tells that it did. */
export async function copy(text, button) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Not allowed";
  }
  setTimeout(() => {
    button.textContent = before;
  }, 1500);
}

function title(message, model) {
  const leg =
    model.legs.length > 1
      ? html("span", { class: `leg-chip ${legClass(message.leg)}` }, model.legs[message.leg].leg)
      : undefined;
  return [html("span", { class: "place" }, String(message.place)), " ", leg, leg && " ", message.text];
}

function observers(message, model) {
  const rows = message.observedBy.map(({ observer, time, arrival }) => {
    const clock = model.observers.find((one) => one.observer === observer);
    let offset = "";
    if (clock?.has_clock === false) offset = "no clock";
    else if (clock?.common) offset = "the common clock";
    else if (clock && time !== undefined) offset = `${deltaText(time - message.at)} s`;
    const name = [clock ? html("span", { class: "observer-letter" }, clock.letter) : "", " ", observer];
    const cells = [
      time === undefined ? "" : timeOfDay(time),
      offset,
      arrival === undefined ? "" : timeOfDay(arrival),
    ];
    return [
      html("tr", {}, html("th", { scope: "rowgroup", colspan: 3 }, name)),
      html(
        "tr",
        { class: "stamps" },
        cells.map((text) => html("td", {}, text)),
      ),
    ];
  });
  const missed = message.missedBy.length
    ? html("p", { class: "missed" }, `Not reported by ${message.missedBy.join(", ")}.`)
    : undefined;
  if (rows.length === 0) return missed ? [missed] : [];
  const heads = ["Seen by: its stamp", "Off by", "Arrival here"].map((name) => html("th", { scope: "col" }, name));
  const groups = rows.map((pair) => html("tbody", {}, pair));
  return [html("table", { class: "observers" }, html("thead", {}, html("tr", {}, heads)), groups), missed];
}

/** "03:47:46.820123" */
function timeOfDay(time) {
  return fullText(time).slice(11);
}

function raw(message) {
  const lines = message.raw;
  const end = lines.indexOf("");
  return html(
    "pre",
    { class: "raw", tabindex: 0, "aria-label": "The message as captured" },
    lines.map((line, i) => {
      const newline = i < lines.length - 1 ? "\n" : "";
      const colon = line.indexOf(":");
      if (i === 0 && message.event === undefined) return html("span", { class: "start-line" }, line + newline);
      const isHeader = message.event === undefined && (end < 0 || i < end) && colon > 0 && !/^[ \t]/.test(line);
      if (!isHeader) return line + newline;
      return [html("span", { class: "header-name" }, line.slice(0, colon)), line.slice(colon) + newline];
    }),
  );
}

export class Panel {
  /** @param act {go(place), pin(place), unpin(), link(place): text}: what buttons do */
  constructor(element, model, act) {
    this.element = element;
    this.model = model;
    this.act = act;
    element.classList.add("message-panel");
    this.hint();
  }

  hint() {
    this.element.replaceChildren(
      html(
        "p",
        { class: "hint" },
        "Point at a message to see it here. A click pins it, " +
          "a second click on another one compares the two. Press ? for all keys.",
      ),
    );
  }

  #goTo(place, text) {
    return html("button", { type: "button", class: "link", onclick: () => this.act.go(place) }, text);
  }

  #course(message) {
    const items = [];
    const name = (place) => `${place} ${this.model.messages[place].text}`;
    if (message.cause !== undefined) items.push("made by ", this.#goTo(message.cause, name(message.cause)));
    if (message.effects.length) {
      items.push(items.length ? " · made " : "made ");
      message.effects.slice(0, 12).forEach((place, i) => items.push(i ? ", " : "", this.#goTo(place, name(place))));
    }
    return items.length ? html("p", { class: "course" }, items) : undefined;
  }

  show(place, isPinned) {
    const { model, act } = this;
    const message = model.messages[place];
    const ends = message.src || message.dst ? `${message.src ?? "?"} → ${message.dst ?? "?"}` : "";
    const findings = message.findings
      .map((i) => model.findings[i])
      .map((finding) => html("li", { class: finding.severity }, finding.text));
    this.element.replaceChildren(
      html("h2", {}, title(message, model)),
      html(
        "p",
        { class: "ends" },
        ends,
        message.chunk.transport && html("span", { class: "transport" }, ` ${message.chunk.transport}`),
      ),
      html(
        "p",
        { class: "when" },
        `${fullText(message.at)} UTC, ${spanText((message.at - model.begin) / 1000)} after the start`,
        message.guessed && " (its place is a guess)",
      ),
      html(
        "div",
        { class: "buttons" },
        html(
          "button",
          { type: "button", onclick: () => act.pin(place), "aria-pressed": String(isPinned) },
          isPinned ? "Unpin" : "Pin",
        ),
        html(
          "button",
          { type: "button", "data-key": "copy", onclick: ({ currentTarget }) => copy(wire(message), currentTarget) },
          "Copy message",
        ),
        act.link &&
          html(
            "button",
            { type: "button", onclick: ({ currentTarget }) => copy(act.link(place), currentTarget) },
            "Copy link",
          ),
      ),
      findings.length ? html("ul", { class: "message-findings" }, findings) : "",
      this.#course(message) ?? "",
      raw(message),
      ...observers(message, model).filter(Boolean),
    );
  }

  compare(one, other) {
    const a = this.model.messages[one],
      b = this.model.messages[other];
    const parts = differences(a.raw, b.raw);
    const names = { "-": "del", "+": "ins" };
    const shown = parts
      .map(({ part, lines }) => ({ part, lines: lines.filter(([sign]) => sign !== " ") }))
      .filter(({ lines }) => lines.length);
    this.element.replaceChildren(
      html("h2", {}, "What differs"),
      html(
        "p",
        { class: "compared" },
        html("span", { class: "sign" }, "−"),
        " ",
        title(a, this.model),
        ` ${a.src ?? "?"} → ${a.dst ?? "?"}`,
      ),
      html(
        "p",
        { class: "compared" },
        html("span", { class: "sign" }, "+"),
        " ",
        title(b, this.model),
        ` ${b.src ?? "?"} → ${b.dst ?? "?"}`,
      ),
      html(
        "div",
        { class: "buttons" },
        html("button", { type: "button", onclick: () => this.act.pin(one) }, `Unpin ${one}`),
        html("button", { type: "button", onclick: () => this.act.pin(other) }, `Unpin ${other}`),
        html("button", { type: "button", onclick: () => this.act.unpin() }, "Unpin both"),
      ),
      shown.length ? "" : html("p", {}, "Nothing: they are the same."),
      ...shown.flatMap(({ part, lines }) => [
        html("h3", {}, part),
        html(
          "div",
          { class: "diff", tabindex: 0, role: "group", "aria-label": `Differences: ${part}` },
          lines.map(([sign, line]) =>
            html(
              names[sign],
              {},
              html("span", { class: "sign", "aria-hidden": "true" }, sign === "-" ? "−" : "+"),
              line,
            ),
          ),
        ),
      ]),
    );
  }
}
