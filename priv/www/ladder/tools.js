// What stands above the drawing: legs, methods, hosts, times, clocks, find, zoom.

import { html } from "./dom.js";
import { legClass } from "./style.js";
import { deltaText } from "./time.js";

function toggleIn(set, value) {
  if (!set.delete(value)) set.add(value);
}

function chooser(name, items, hidden, changed) {
  const summary = html("summary", {}, name);
  const told = () => {
    summary.textContent = hidden.size ? `${name} (${items.length - hidden.size} of ${items.length})` : name;
  };
  const boxes = items.map(([value, text]) => {
    const box = html("input", {
      type: "checkbox",
      onchange: () => {
        toggleIn(hidden, value);
        told();
        changed();
      },
    });
    box.checked = !hidden.has(value);
    return html("label", {}, box, " ", text);
  });
  told();
  return html("details", { class: "chooser" }, summary, html("div", { class: "choices" }, boxes));
}

function toggle(text, key, isOn, act) {
  const button = html(
    "button",
    {
      type: "button",
      "aria-pressed": String(isOn()),
      title: key ? `Key ${key}` : undefined,
      onclick: () => {
        act();
        button.setAttribute("aria-pressed", String(isOn()));
      },
    },
    text,
  );
  return button;
}

export class Tools {
  constructor(element, ladder) {
    this.ladder = ladder;
    const { model, view } = ladder;
    element.classList.add("ladder-tools");
    const changed = () => {
      ladder.layout();
      this.#search();
    };
    this.legs =
      model.legs.length < 2
        ? []
        : model.legs.map((leg, i) => {
            const button = html(
              "button",
              {
                type: "button",
                class: `leg-toggle ${legClass(i)}`,
                "aria-pressed": "true",
                title: leg["call-id"],
                onclick: () => {
                  toggleIn(view.hiddenLegs, i);
                  button.setAttribute("aria-pressed", String(!view.hiddenLegs.has(i)));
                  changed();
                },
              },
              html("span", { class: "leg-chip" }, leg.leg),
              " ",
              leg.from_user ?? "",
              leg.from_user && leg.to_user ? " → " : "",
              leg.to_user ?? "",
            );
            return button;
          });
    const methods = [...new Set(model.messages.map(({ method }) => method))].sort();
    this.times = toggle(
      "Relative times",
      "t",
      () => view.relative,
      () => {
        view.relative = !view.relative;
        changed();
      },
    );
    this.sdp = toggle(
      "Media",
      "d",
      () => view.sdp,
      () => {
        view.sdp = !view.sdp;
        changed();
      },
    );
    const hasRepeats = model.messages.some(({ retransmission }) => retransmission > 0);
    this.open =
      hasRepeats &&
      toggle(
        "Each retransmission",
        "r",
        () => !view.folded,
        () => {
          view.folded = !view.folded;
          changed();
        },
      );
    this.clock = html(
      "select",
      {
        "aria-label": "Clock",
        title: "Key o",
        onchange: () => {
          view.clock = this.clock.value;
          view.begin = view.clock
            ? model.messages.flatMap(({ observedBy }) => observedBy).find(({ observer }) => observer === view.clock)
                ?.time
            : undefined;
          changed();
        },
      },
      html("option", { value: "" }, "Common clock"),
      model.observers.map((one) =>
        html(
          "option",
          { value: one.observer },
          `${one.letter}: ${one.observer}` +
            (one.common || one.offset_ms === undefined ? "" : ` (${deltaText(one.offset_ms * 1000)} s)`),
        ),
      ),
    );
    this.find = html("input", {
      type: "search",
      placeholder: "Find in messages",
      "aria-label": "Find in messages",
      title: "Key /",
      oninput: () => this.#search(),
      onkeydown: (event) => {
        if (event.key === "Enter") this.next(event.shiftKey ? -1 : 1);
        if (event.key === "Escape") {
          this.find.value = "";
          this.#search();
          ladder.body.focus();
        }
        event.stopPropagation();
      },
    });
    this.count = html("output", { class: "count", "aria-live": "polite" });
    this.reset = html("button", { type: "button", onclick: () => ladder.heads.reset() }, "Hosts as they were");
    element.replaceChildren(
      this.legs.length ? html("div", { class: "legs", role: "group", "aria-label": "Legs" }, this.legs) : "",
      html(
        "div",
        { class: "group" },
        chooser(
          "Methods",
          methods.map((method) => [method, method]),
          view.hiddenMethods,
          changed,
        ),
        chooser(
          "Hosts",
          model.columns.map(({ name }, i) => [i, name]),
          view.hiddenHosts,
          changed,
        ),
        this.times,
        this.sdp,
        this.open || "",
        this.clock,
        this.reset,
      ),
      html(
        "div",
        { class: "group end" },
        this.find,
        this.count,
        html(
          "button",
          {
            type: "button",
            "aria-label": "Smaller",
            title: "Key -",
            onclick: () => ladder.setZoom(ladder.zoom - 0.1),
          },
          "−",
        ),
        html(
          "button",
          { type: "button", title: "As large as usual: key 0", onclick: () => ladder.setZoom(1) },
          "100 %",
        ),
        html(
          "button",
          {
            type: "button",
            "aria-label": "Larger",
            title: "Key +",
            onclick: () => ladder.setZoom(ladder.zoom + 0.1),
          },
          "+",
        ),
      ),
    );
    this.zoomed = element.querySelector('[title$="key 0"]');
    this.changed();
  }

  /** After the drawing changed. */
  changed() {
    this.zoomed.textContent = `${Math.round(this.ladder.zoom * 100)} %`;
    this.reset.hidden = !this.ladder.heads.isChanged();
  }

  nextClock() {
    this.clock.selectedIndex = (this.clock.selectedIndex + 1) % this.clock.options.length;
    this.clock.dispatchEvent(new Event("change"));
  }

  #search() {
    const wanted = this.find.value.trim().toLowerCase();
    const { messages } = this.ladder.model;
    this.hits = !wanted
      ? []
      : messages
          .filter(
            ({ raw, label, place }) =>
              this.ladder.placeOf.has(place) &&
              (label.toLowerCase().includes(wanted) || raw.some((line) => line.toLowerCase().includes(wanted))),
          )
          .map(({ place }) => place);
    this.count.textContent = wanted ? `${this.hits.length} found` : "";
    this.ladder.light(this.hits);
  }

  /** To the next message that was found. */
  next(step) {
    if (!this.hits?.length) return;
    const now = this.ladder.current ?? -1;
    const later = step > 0 ? this.hits.find((place) => place > now) : this.hits.findLast((place) => place < now);
    this.ladder.show(later ?? this.hits.at(step > 0 ? 0 : -1), true);
  }
}
