// The page of all calls.

import { text } from "./common.mjs";

export const listCases = {
  /** Before the first call: how to point a sender here, with the address that is listened at. */
  async empty({ page, base, args, assert, accessible }) {
    await page.goto(base);
    await page.locator(".empty").waitFor();
    assert.ok((await text(page.locator(".empty"))).includes(args.address));
    await page.locator("summary", { hasText: "Kamailio" }).click();
    assert.ok((await text(page.locator(".empty pre").first())).includes(`sip:${args.address}`));
    await accessible();
  },

  /** One click from the list to the call. */
  async list({ page, base, args, assert, accessible }) {
    await page.goto(base);
    const row = page.locator(".call-row", { hasText: "Alice 1" }).first();
    await row.getByText("clock off").waitFor();
    const shown = await text(row);
    assert.match(shown, /alice/);
    assert.match(shown, /bob1/);
    assert.match(shown, /answered/);
    assert.match(shown, /clock off/);
    await accessible();
    await row.click();
    await page.locator("#m0").waitFor();
    assert.ok(page.url().includes(encodeURIComponent(args.id)));
    await page.goBack();
    await row.waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.locator("#m0").waitFor();
  },

  /** Expressions: completion, a mistake at its place, the address line, the help. */
  async search({ page, base, assert, accessible }) {
    await page.goto(base);
    await page.locator(".call-row a").first().waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("outc");
    await page.locator("#completions li").first().waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.keyboard.type("ans");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Tab");
    assert.equal(await page.locator("#expression").inputValue(), "outcome=answered");
    await accessible();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.searchParams.get("q") === "outcome=answered");
    await page.locator(".call-row a").first().waitFor();
    await page.locator("#expression").fill("from=nobody9");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Enter");
    await page.locator(".empty", { hasText: "No call matches" }).waitFor();
    await page.goBack();
    await page.locator(".call-row a").first().waitFor();
    assert.equal(await page.locator("#expression").inputValue(), "outcome=answered");
    await page.locator("#expression").fill("duratoin>5 ");
    await page.locator(".mistake", { hasText: "Column 1" }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Enter");
    await page.locator(".mistake", { hasText: "Column 1" }).waitFor();
    await page.getByRole("button", { name: "Help" }).click();
    assert.match(await text(page.locator("#search-help")), /post-dial|since/);
    await accessible();
  },

  /** A call that begins while somebody looks appears on top by itself. */
  async live({ page, base, args, assert }) {
    await page.goto(base);
    await page.locator("#state.live").waitFor();
    await page.evaluate(() => {
      document.title = "ready";
    });
    process.stdout.write('{"ready":true}\n');
    await page.locator(".call-row", { hasText: args.to }).waitFor();
    await page.locator(".call-row", { hasText: args.to }).getByText("answered").waitFor();
    assert.equal(await page.locator('.call-row[aria-rowindex="2"]').getByText(args.to).count(), 1);
  },

  /** A long list: only what is seen is in the page, and the way down goes on. */
  async long({ page, base, args, assert }) {
    await page.goto(base);
    await page.locator(".virtual-list .call-row").first().waitFor();
    assert.ok((await page.locator(".virtual-list .call-row").count()) < 80);
    const last = page.locator(`.virtual-list .call-row[aria-rowindex="${args.calls + 1}"]`);
    for (const end = Date.now() + 60000; (await last.count()) === 0 && Date.now() < end;) {
      await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
      await page.evaluate(() => new Promise(requestAnimationFrame));
    }
    assert.equal(await last.count(), 1);
    assert.ok((await page.locator(".virtual-list .call-row").count()) < 80);
  },
};
