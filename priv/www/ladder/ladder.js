// A call, drawn into a page: what the site and Monster UI both use.

import { html } from "./dom.js";
import { helpDialog, ladderKeys, listen } from "./keys.js";
import { modelOf } from "./model.js";
import { Panel } from "./panel.js";
import { Tools } from "./tools.js";
import { LadderView } from "./view.js";

/** Hosts' own names and order, in this browser; where it keeps nothing they last as long as the page. */
export function keptNames() {
  let kept = {};
  try {
    const read = JSON.parse(localStorage.getItem("hosts") ?? "{}");
    if (read && typeof read === "object") kept = read;
  } catch {
    /* nothing is kept, or it is damaged */
  }
  return {
    get: () => kept,
    set(value) {
      kept = value;
      try {
        localStorage.setItem("hosts", JSON.stringify(value));
      } catch {
        /* no room: they last for this page */
      }
    },
  };
}

/**
 * @param element where it is drawn
 * @param details the answer of call_details, or Kazoo's of a call
 * @param options {names, link(place): URL of a message if there is one, keys: more rows for the keyboard}
 * @returns {{model, ladder, panel, tools, help, go, close}}; `go(place)` shows a message, `close()` ends listening
 */
export function showLadder(element, details, options) {
  const model = modelOf(details);
  const toolsBox = html("div", { role: "toolbar", "aria-label": "What is drawn" });
  const box = html("div", {});
  const panelBox = html("aside", { "aria-label": "Message" });
  element.replaceChildren(toolsBox, html("div", { class: "ladder-and-message" }, box, panelBox));
  const ending = new AbortController();
  let panel, tools;
  const told = {
    show(place) {
      if (ladder.pinned.length === 0) panel?.show(place, false);
    },
    pin(places) {
      if (places.length === 2) panel.compare(...places);
      else if (places.length === 1) panel.show(places[0], true);
      else if (ladder.current !== undefined) panel.show(ladder.current, false);
    },
    change: () => tools?.changed(),
  };
  const ladder = new LadderView(box, model, told, options.names, ending.signal);
  const go = (place) => ladder.show(place, true);
  panel = new Panel(panelBox, model, {
    go,
    pin: (place) => ladder.pin(place),
    unpin: () => ladder.unpin(),
    link: options.link,
  });
  tools = new Tools(toolsBox, ladder);
  const keys = ladderKeys(ladder, tools, panel);
  const help = helpDialog(keys, [...(options.keys ?? []), [["?"], "this help"]]);
  listen([...keys, ...(options.keys ?? [])], tools, help, ending.signal);
  const close = () => {
    ending.abort();
    help.remove();
  };
  return { model, ladder, panel, tools, help, go, close };
}
