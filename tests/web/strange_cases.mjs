// Calls that are strange, large, broken or not there; paper and colours.

import { file, text } from "./common.mjs";

export const strangeCases = {
  /** What strangers wrote stays text: no script runs, no element appears, no character hides others. */
  async hostile({ page, base, args, assert, accessible, call }) {
    await call(args.id);
    for (const place of [0, 1]) {
      await page.locator(`#m${place}`).hover();
      await page.waitForFunction(
        (n) => document.querySelector(".message-panel .place")?.textContent === String(n),
        place,
      );
      assert.match(await text(page.locator(".message-panel .raw")), /<script>/);
    }
    assert.match(await text(page.locator(".message-panel .raw")), /\\u202e/);
    await page.locator("#m0").click();
    await page.locator("#m1").click();
    const strange = await page.evaluate(
      () => [...document.querySelectorAll("img, iframe, object, embed, script:not([src])")].length,
    );
    assert.equal(strange, 0);
    assert.equal(await page.evaluate(() => window.broken), undefined);
    await file(page, "SVG");
    await page.goto(base);
    await page.locator(".call-row a").first().waitFor();
    assert.equal(await page.evaluate(() => document.querySelectorAll("img, script:not([src])").length), 0);
    await page.locator(".call-row a").first().click();
    await page.locator("#m0").waitFor();
    await accessible();
  },

  /** 2,000 messages: painted soon, only what is seen is in the page, the end is reached. */
  async many({ page, args, assert, call }) {
    await call(args.id);
    const [drawn] = await page.evaluate(() =>
      performance.getEntriesByName("call drawn").map(({ duration }) => duration),
    );
    assert.ok((await page.locator(".row").count()) < 120);
    await page.keyboard.press("End");
    await page.locator(`#m${args.messages - 1}.current`).waitFor();
    assert.ok((await page.locator(".row").count()) < 120);
    await page.locator(".row").nth(20).hover();
    await page.keyboard.press("Home");
    await page.locator("#m0.current").waitFor();
    await page.evaluate(() => new Promise((passed) => setTimeout(passed, 300))); // a browser tells of rows below late
    assert.equal(await page.locator(".row.current").getAttribute("data-place"), "0", "the pointer rests");
    const worst = await page.evaluate(async () => {
      scrollTo(0, 0);
      let before = performance.now(),
        longest = 0;
      for (let i = 0; i < 60; ++i) {
        scrollBy(0, 400);
        const now = await new Promise(requestAnimationFrame);
        longest = Math.max(longest, now - before);
        before = now;
      }
      return longest;
    });
    return { drawn, worst };
  },

  /** Lost at its hop, seen by nobody, sent again: each is marked. */
  async lost({ page, args, assert, call }) {
    await call(args.id);
    assert.match((await page.locator("#m1 .note").allTextContents()).join(), /×2 over 0\.5 s · 1 lost/);
    assert.equal(await page.locator(".row.gap .label").textContent(), "BYE not seen");
    await page.getByRole("button", { name: "Each retransmission" }).click();
    assert.equal(await page.locator("#m1 path.lost").count(), 1, "broken at its hop");
    const dashed = await page
      .locator(".row.repeat .shaft")
      .first()
      .evaluate((shaft) => getComputedStyle(shaft).strokeDasharray);
    assert.notEqual(dashed, "none");
  },

  /** A call that goes on while somebody looks: the page says so, and shows it when asked. */
  async goesOn({ page, args, assert, call }) {
    await call(args.id);
    assert.equal(await page.locator(".row").count(), 1);
    await page.waitForTimeout(500); // the stream of events begins
    process.stdout.write('{"ready":true}\n');
    await page.getByRole("button", { name: "Show what is new" }).click();
    await page.locator("#m1").waitFor();
  },

  /** On paper: all rows, no buttons. */
  async print({ page, args, assert, call }) {
    await call(args.id);
    const pdf = await page.pdf({ landscape: true });
    assert.ok(pdf.length > 10000);
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator(".paper .row").count(), args.rows);
    assert.equal(await page.locator(".paper .row .label").last().isVisible(), true);
    assert.equal(await page.locator(".ladder-body").isVisible(), false);
    assert.equal(await page.locator(".downloads").isVisible(), false);
    assert.equal(await page.locator(".site-bar").isVisible(), false);
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
    assert.equal(await page.locator(".paper").count(), 0);
  },

  /** Dark as the system has it, and light by choice; both are readable. */
  async dark({ page, args, assert, accessible, call }) {
    await call(args.id);
    const ground = () =>
      page.evaluate(
        () =>
          getComputedStyle(document.body).backgroundColor +
          getComputedStyle(document.querySelector(".ladder")).backgroundColor,
      );
    assert.equal(await ground(), "rgb(20, 24, 28)".repeat(2));
    await page.locator("#m2").hover();
    await accessible();
    await page.getByRole("button", { name: "Theme: system" }).click();
    assert.equal(await ground(), "rgb(255, 255, 255)".repeat(2));
    await accessible();
    await page.reload();
    await page.locator("#m0").waitFor();
    assert.equal(await ground(), "rgb(255, 255, 255)".repeat(2), "the choice is kept");
  },

  /** What is not there is said. */
  async unknown({ page, base, assert, accessible }) {
    await page.goto(`${base}/call.html?id=nobody%40nowhere`);
    await page.locator(".problem").waitFor();
    assert.match(await text(page.locator(".problem")), /nobody@nowhere/);
    await accessible();
    await page.goto(`${base}/call.html`);
    assert.match(await text(page.locator(".problem")), /names no call/);
  },
};
