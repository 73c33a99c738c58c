// The page of one call.

import { file, text } from "./common.mjs";

export const callCases = {
  /** The sample call is told, drawn, and each message is there in its place. */
  async sample({ page, args, assert, accessible, call }) {
    await call(args.id);
    assert.equal(await text(page.locator("h1")), "Alice 1 (alice) → bob1");
    assert.match(await text(page.locator(".story")), /called Bob/);
    assert.match(await text(page.locator(".findings")), /The clock of .* is 3\.2 s behind/);
    assert.match(await text(page.locator(".findings")), /Worth knowing.*hung up/s);
    assert.equal(await page.locator(".heads .head").count(), 4);
    const labels = await page.locator(".row .label").allTextContents();
    assert.equal(labels.length, 20);
    assert.equal(labels[0], "INVITE (SDP)");
    assert.equal(labels.at(-1), "200 OK");
    assert.match(await text(page.locator("#details")), /-3\.200 s/);
    assert.match(await text(page.locator("#details")), /PCMU, PCMA\s+PCMU\s+no\s+no\s+0/);
    await page.locator("#m2").hover();
    assert.match(await text(page.locator(".message-panel .raw")), /^INVITE sip:bob1@127\.0\.0\.10:5060 SIP\/2\.0\n/);
    const observers = await text(page.locator(".message-panel .observers"));
    assert.match(observers, /the common clock/);
    assert.match(observers, /-3\.\d{3} s/);
    await accessible();
  },

  /** Pointing at a message lights up what made it and what it made; between legs, too. */
  async causes({ page, args, assert, call }) {
    await call(args.id);
    const places = (name) =>
      page.locator(`.row.${name}`).evaluateAll((rows) => rows.map((row) => Number(row.dataset.place)));
    for (const [place, maker, made] of args.expected) {
      await page.locator(`#m${place}`).hover();
      await page.waitForFunction((id) => document.getElementById(id).classList.contains("current"), `m${place}`);
      assert.deepEqual(await places("maker"), maker);
      assert.deepEqual(await places("made"), made);
    }
  },

  /** All legs have a colour, a letter, and a line that says what shows that they belong to the call. */
  async legs({ page, args, assert, accessible, call }) {
    await call(args.id);
    assert.equal(await page.locator(".leg-toggle").count(), args.legs);
    const colours = await page
      .locator(".leg-toggle .leg-chip")
      .evaluateAll((chips) => chips.map((one) => getComputedStyle(one).backgroundColor));
    assert.equal(new Set(colours).size, Math.min(args.legs, 8));
    assert.equal(await page.locator("#details .leg-table").first().locator("tbody tr").count(), args.legs);
    await page.locator(".leg-toggle").nth(1).click();
    assert.equal(await page.locator(".row.leg-1").count(), 0);
    await page.locator(".leg-toggle").nth(1).click();
    assert.ok((await page.locator(".row.leg-1").count()) > 0);
    await accessible();
  },

  /** Clicks pin; two pinned messages are compared by header and line of the session description. */
  async compare({ page, args, assert, accessible, call }) {
    await call(args.id);
    await page.locator("#m0").click();
    await page.locator("#m4").hover();
    assert.match(await text(page.locator(".message-panel h2")), /^0\s+INVITE/, "a pinned message stays");
    await page.locator("#m2").click();
    const shown = await text(page.locator(".message-panel"));
    assert.match(shown, /What differs/);
    assert.match(shown, /−\s*Max-Forwards: 70\n\+\s*Max-Forwards: 69/);
    assert.match(shown, /\+\s*Record-Route:/);
    assert.doesNotMatch(shown, /Call-ID/, "what both have is left out");
    await accessible();
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".row.pinned").count(), 0);
  },

  /** Without a mouse: help, moving, pinning, comparing, finding, times, clocks, legs, zoom, hosts. */
  async keyboard({ page, args, assert, accessible, call }) {
    await call(args.id);
    const press = (...keys) =>
      keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());
    const current = () => page.locator(".row.current").getAttribute("data-place");
    await press("?");
    assert.match(await text(page.locator("dialog.help")), /next message/);
    await accessible();
    await press("Escape");
    await page.locator("dialog.help").waitFor({ state: "hidden" });
    await press("j", "j", "j");
    assert.equal(await current(), "2");
    assert.equal(await page.locator(".ladder-body").getAttribute("aria-activedescendant"), "said-2");
    assert.match(await page.locator("#said-2").textContent(), /^2: INVITE from kam1|^2: INVITE from 127/);
    await press("Enter", "ArrowDown", "ArrowDown", "Enter");
    assert.match(await text(page.locator(".message-panel")), /What differs/);
    await press("Escape", "End");
    assert.equal(await current(), "19");
    await press("[");
    assert.equal(await current(), "18");
    await press("]");
    assert.equal(await current(), "19");
    await press("Home", "n");
    assert.equal(await current(), "4", "the first message with a finding");
    await press("t");
    assert.equal(await page.locator("#m0 .time").textContent(), "0.000");
    const own = await page.locator("#m2 .time").textContent();
    await press("o", "o");
    assert.equal(await page.locator("#m0 .time").textContent(), "not seen");
    assert.equal(await page.locator("#m2 .time").textContent(), "0.000", "the first that this observer saw");
    assert.notEqual(own, "0.000");
    await press("o", "t", "d");
    assert.equal(await page.locator(".row .sdp").count(), 0);
    await press("d", "/");
    await page.keyboard.type("max-forwards: 69");
    assert.match(await text(page.locator(".count")), /^\d found$/);
    await press("Enter");
    assert.match(await page.locator(".row.current").getAttribute("class"), /found/);
    await press("Escape", "+");
    assert.equal(await text(page.locator('[title$="key 0"]')), "110 %");
    await press("0", "l");
    assert.match(page.url(), /#m\d+$/);
    await page.locator(".head").first().focus();
    await press("Shift+ArrowRight");
    assert.match(await page.locator(".head").nth(1).getAttribute("aria-label"), /^127\.0\.0\.1/);
    await press("Enter");
    await page.keyboard.type("phone");
    await press("Enter");
    assert.equal((await page.locator(".head .name").nth(1).textContent()).trim(), "phone");
    await page.reload();
    await page.locator("#m0").waitFor();
    assert.equal(
      (await page.locator(".head .name").nth(1).textContent()).trim(),
      "phone",
      "names and order are kept",
    );
    await page.getByRole("button", { name: "Hosts as they were" }).click();
    assert.match(await page.locator(".head").first().getAttribute("aria-label"), /^127\.0\.0\.1/);
  },

  /** Hosts are moved by drag, left out by choice, and so are methods. */
  async hosts({ page, args, assert, call }) {
    await call(args.id);
    const names = () => page.locator(".head .name").allTextContents();
    const before = await names();
    await page.locator(".ladder").scrollIntoViewIfNeeded();
    const [first, second] = await page
      .locator(".head")
      .evaluateAll((heads) => heads.slice(0, 2).map((one) => one.getBoundingClientRect().toJSON()));
    await page.mouse.move(first.x + first.width / 2, first.y + 20);
    await page.mouse.down();
    await page.mouse.move(second.x + second.width / 2 + 10, second.y + 20, { steps: 8 });
    await page.mouse.up();
    assert.deepEqual(await names(), [before[1], before[0], ...before.slice(2)]);
    await page.locator("summary", { hasText: "Methods" }).click();
    await page.getByLabel("BYE", { exact: true }).uncheck();
    assert.equal(await page.locator(".row .label", { hasText: "BYE" }).count(), 0);
    assert.match(await text(page.locator("summary", { hasText: "Methods" })), /of/);
    await page.locator("summary", { hasText: "Methods" }).click();
    await page.locator("summary", { hasText: "Hosts" }).click();
    await page.locator(".choices").nth(1).locator("input").first().uncheck();
    assert.equal(await page.locator(".head").count(), before.length - 1);
  },

  /** Files: the drawing, the program's text, its JSON; a message and a link on the clipboard. */
  async files({ page, args, assert, call }) {
    await call(args.id);
    const svg = (await file(page, "SVG")).toString();
    assert.match(svg, /^<\?xml.*<svg /s);
    assert.equal(svg.match(/INVITE \(SDP\)/g).length, 3);
    assert.doesNotMatch(svg, /class=|var\(/, "it needs no style sheet");
    const inBrowser = await page.evaluate(
      (source) => new DOMParser().parseFromString(source, "image/svg+xml").documentElement.tagName,
      svg,
    );
    assert.equal(inBrowser, "svg");
    const png = await file(page, "PNG");
    assert.deepEqual([...png.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
    assert.ok(png.readUInt32BE(16) >= 1000 && png.length > 20000, "it is painted");
    assert.match((await file(page, "Text")).toString(), /─ INVITE|INVITE ─/);
    const mermaid = (await file(page, "Mermaid")).toString();
    assert.match(mermaid, /^sequenceDiagram\n  participant h0 as 127\.0\.0\.1\n/);
    assert.match(mermaid, /\n  h0->>h1: 0 INVITE #40;SDP#41;|\n  h0->>h1: 0 INVITE \(SDP\)\n/);
    assert.equal(mermaid.match(/->>/g).length, 20);
    assert.equal(JSON.parse(await file(page, "JSON")).messages.length, 20);
    const capture = await file(page, "Capture");
    assert.equal(capture.readUInt32LE(0), 0x0a0d0d0a);
    assert.match(capture.toString("latin1"), /message 19\nseen by /);
    await page.locator("#m3").click();
    await page.getByRole("button", { name: "Copy message" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^SIP\/2\.0 100 trying/);
    await page.getByRole("button", { name: "Copy link" }).click();
    await page.waitForFunction(() => navigator.clipboard.readText().then((copied) => copied.endsWith("#m3")));
  },

  /** A link to one message shows it. */
  async link({ page, base, args, assert }) {
    await page.goto(`${base}/call.html?id=${encodeURIComponent(args.id)}#m14`);
    await page.locator("#m14.current").waitFor();
    assert.match(await text(page.locator(".message-panel h2")), /^14\s+BYE/);
    await page.waitForFunction(() => {
      const { top, bottom } = document.getElementById("m14").getBoundingClientRect();
      return top > 0 && bottom < innerHeight;
    });
  },
};
