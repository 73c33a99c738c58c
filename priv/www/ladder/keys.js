// The keyboard: one table of what each key does, which the help shows as well.

import { html } from "./dom.js";

/** @returns [[keys, what it does, function]] for a drawing with its tools and panel. */
export function ladderKeys(ladder, tools, panel) {
  const { model } = ladder;
  const follow = (place) => {
    if (place !== undefined) ladder.show(place, true);
  };
  const finding = (step) => {
    const places = [...new Set(model.findings.flatMap(({ messages }) => messages))].sort((a, b) => a - b);
    const now = ladder.current ?? -1;
    follow(
      step > 0
        ? (places.find((place) => place > now) ?? places[0])
        : (places.findLast((place) => place < now) ?? places.at(-1)),
    );
  };
  return [
    [["ArrowDown", "j"], "next message", () => ladder.move(1)],
    [["ArrowUp", "k"], "message before", () => ladder.move(-1)],
    [["PageDown"], "ten messages on", () => ladder.move(10)],
    [["PageUp"], "ten messages back", () => ladder.move(-10)],
    [["Home"], "first message", () => ladder.move(-Infinity)],
    [["End"], "last message", () => ladder.move(Infinity)],
    [
      ["Enter", " "],
      "pin the message, or let it go; two pinned ones are compared",
      () => {
        if (ladder.current !== undefined) ladder.pin(ladder.current);
      },
    ],
    [["Escape"], "let all pinned messages go", () => ladder.unpin()],
    [["["], "what made it", () => follow(model.messages[ladder.current]?.cause)],
    [["]"], "what it made", () => follow(model.messages[ladder.current]?.effects[0])],
    [["n"], "next message with a finding", () => finding(1)],
    [["p"], "the one before", () => finding(-1)],
    [["c"], "copy the message", () => panel.element.querySelector('[data-key="copy"]')?.click()],
    [["t"], "times since the start, or of the day", () => tools.times.click()],
    [["o"], "the next observer's clock", () => tools.nextClock()],
    [["d"], "media lines", () => tools.sdp.click()],
    [
      ["r"],
      "each retransmission, or counted at the first",
      () => {
        if (tools.open) tools.open.click();
      },
    ],
    [["1 … 9"], "show or hide leg A … I", undefined],
    [["/"], "find in messages; Enter and Shift Enter go on", () => tools.find.focus()],
    [["+"], "larger", () => ladder.setZoom(ladder.zoom + 0.1)],
    [["-"], "smaller", () => ladder.setZoom(ladder.zoom - 0.1)],
    [["0"], "as large as usual", () => ladder.setZoom(1)],
  ];
}

const spelled = {
  ArrowDown: "↓",
  ArrowUp: "↑",
  PageDown: "Page ↓",
  PageUp: "Page ↑",
  " ": "Space",
  Escape: "Esc",
};

/** A dialog that lists them. */
export function helpDialog(keys, more) {
  const rows = [...keys, ...more].map(([names, what]) =>
    html(
      "tr",
      {},
      html(
        "th",
        { scope: "row" },
        names.map((name, i) => [i ? " " : "", html("kbd", {}, spelled[name] ?? name)]),
      ),
      html("td", {}, what),
    ),
  );
  const dialog = html(
    "dialog",
    { class: "help", "aria-label": "Keys" },
    html("h2", {}, "Keys"),
    html("table", {}, html("tbody", {}, rows)),
    html("p", {}, "With a host in focus (Tab): Enter renames it, Shift with ← or → moves it."),
    html("form", { method: "dialog" }, html("button", { type: "submit" }, "Close")),
  );
  document.body.append(dialog);
  return dialog;
}

/** Listens while nothing is typed; `tools.legs` have the digits. */
export function listen(keys, tools, help, signal) {
  addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const { target, key } = event;
      if (target.matches?.("input, select, textarea, dialog *, dialog")) return;
      if (key === "?") {
        help.showModal();
      } else if (/^[1-9]$/.test(key) && tools.legs[Number(key) - 1]) {
        tools.legs[Number(key) - 1].click();
      } else {
        const isPressed = (key === "Enter" || key === " ") && target.matches?.("button, a, summary, [role=button]");
        const isScroll = target.matches?.(".raw, .diff") && /^(Arrow|Page|Home|End)/.test(key);
        const found = isPressed || isScroll ? undefined : keys.find(([names, , act]) => act && names.includes(key));
        if (!found) return;
        found[2]();
      }
      event.preventDefault();
    },
    { signal },
  );
}
