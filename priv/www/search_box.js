// The field for expressions: completion, mistakes at their place, help beside.

import { json } from "./api.js";
import { completions, wordAt } from "./completion.js";
import { html } from "./ladder/dom.js";

const most = 12; // completions at a time

export class SearchBox {
  #open = [];
  #chosen = -1;

  /** @param asked is called with the expression */
  constructor(form, asked) {
    this.asked = asked;
    this.fields = [];
    this.input = html("input", {
      type: "text",
      id: "expression",
      class: "mono",
      placeholder: "from=alice status=5xx since=2d",
      autocomplete: "off",
      spellcheck: "false",
      role: "combobox",
      "aria-expanded": "false",
      "aria-controls": "completions",
      "aria-autocomplete": "list",
      "aria-describedby": "mistake",
      "aria-label": "Search expression",
    });
    this.list = html("ul", { id: "completions", role: "listbox", "aria-label": "Completions", hidden: true });
    this.mistake = html("p", { id: "mistake", class: "mistake", "aria-live": "polite" });
    this.help = html("section", {
      id: "search-help",
      class: "search-help",
      hidden: true,
      "aria-label": "Help for expressions",
    });
    this.helpButton = html(
      "button",
      { type: "button", "aria-expanded": "false", "aria-controls": "search-help", onclick: () => this.#toggleHelp() },
      "Help",
    );
    form.replaceChildren(
      html(
        "div",
        { class: "search-line" },
        html("div", { class: "combo" }, this.input, this.list),
        html("button", { type: "submit" }, "Search"),
        html(
          "button",
          {
            type: "button",
            onclick: () => {
              this.input.value = "";
              this.#ask();
            },
          },
          "All calls",
        ),
        this.helpButton,
      ),
      this.mistake,
      this.help,
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#ask();
    });
    this.input.addEventListener("input", () => {
      this.#complete();
      this.#checkSoon();
    });
    this.input.addEventListener("focus", () => this.#complete());
    this.input.addEventListener("blur", () => this.#close());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.#read();
  }

  async #read() {
    try {
      this.fields = (await json("/api/fields")).fields;
    } catch {
      return;
    } // without it there is no completion, and the list says why nothing is answered
    const row = ({ name, operators, help, example, values }) =>
      html(
        "tr",
        {},
        html("th", { scope: "row" }, html("code", {}, name)),
        html("td", {}, html("code", {}, operators.join(" "))),
        html("td", {}, help, values ? html("div", { class: "quiet" }, values.join(", ")) : ""),
        html("td", {}, html("code", {}, example ?? "")),
      );
    this.help.replaceChildren(
      html(
        "p",
        {},
        "All words must hold. ",
        html("code", {}, "a,b"),
        " means either; values with blanks stand in double quotes. " +
          "A bare word is a number or a user, an address, or a part of a Call-ID.",
      ),
      html(
        "div",
        { class: "scrolled", tabindex: 0, role: "group", "aria-label": "Fields" },
        html(
          "table",
          {},
          html(
            "thead",
            {},
            html(
              "tr",
              {},
              ["Field", "Takes", "What", "For example"].map((name) => html("th", { scope: "col" }, name)),
            ),
          ),
          html("tbody", {}, this.fields.map(row)),
        ),
      ),
    );
  }

  #toggleHelp() {
    this.help.hidden = !this.help.hidden;
    this.helpButton.setAttribute("aria-expanded", String(!this.help.hidden));
  }

  set(expression) {
    this.input.value = expression;
    this.tell();
  }

  #ask() {
    this.#close();
    clearTimeout(this.timer);
    this.tell();
    this.asked(this.input.value.trim());
  }

  /** A mistake at a column, from 1; without: there is none. */
  tell(text, column) {
    this.input.setAttribute("aria-invalid", String(!!text));
    this.mistake.textContent = !text ? "" : column ? `Column ${column}: ${text}` : text;
  }

  #checkSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      const value = this.input.value;
      try {
        const { right, mistake, column } = await json(`/api/expression?${new URLSearchParams({ q: value })}`);
        const isStillTyping = column !== undefined && column > value.length;
        if (value === this.input.value) this.tell(right || isStillTyping ? undefined : mistake, column);
      } catch {
        /* the list tells what is wrong with the inspector */
      }
    }, 250);
  }

  #complete() {
    const { begin, word } = wordAt(this.input.value, this.input.selectionStart);
    this.#open = completions(word, this.fields)
      .slice(0, most)
      .map((one) => ({ ...one, begin, length: word.length }));
    this.#chosen = -1;
    if (this.#open.length === 0 || document.activeElement !== this.input || (word === "" && this.input.value !== ""))
      return this.#close();
    this.list.replaceChildren(
      ...this.#open.map(({ text, help }, i) =>
        html(
          "li",
          {
            id: `completion-${i}`,
            role: "option",
            "aria-selected": "false",
            onpointerdown: (event) => {
              event.preventDefault();
              this.#take(i);
            },
          },
          html("code", {}, text),
          html("span", { class: "quiet" }, help),
        ),
      ),
    );
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    return undefined;
  }

  #close() {
    this.list.hidden = true;
    this.list.replaceChildren();
    this.#open = [];
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  #choose(i) {
    this.#chosen = (i + this.#open.length) % this.#open.length;
    [...this.list.children].forEach((item, k) => item.setAttribute("aria-selected", String(k === this.#chosen)));
    this.list.children[this.#chosen].scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", `completion-${this.#chosen}`);
  }

  #take(i) {
    const { text, begin, length } = this.#open[i];
    const { value } = this.input;
    this.input.value = value.slice(0, begin) + text + value.slice(begin + length);
    this.input.setSelectionRange(begin + text.length, begin + text.length);
    this.#complete();
    this.#checkSoon();
  }

  #key(event) {
    if (this.#open.length === 0) return;
    if (event.key === "ArrowDown") this.#choose(this.#chosen + 1);
    else if (event.key === "ArrowUp") this.#choose(this.#chosen < 0 ? this.#open.length - 1 : this.#chosen - 1);
    else if ((event.key === "Enter" || event.key === "Tab") && this.#chosen >= 0) this.#take(this.#chosen);
    else if (event.key === "Escape") this.#close();
    else return;
    event.preventDefault();
  }
}
