// The app inside Monster UI.

import { text } from "./common.mjs";

export const monsterCases = {
  async monster({ page, base, args, assert }) {
    await page.goto(base);
    await page.locator(".call-inspector-call").first().waitFor();
    assert.match(await text(page.locator(".call-inspector-calls")), /alice/);
    await page.locator(`.call-inspector-call[data-call-id="${args.id}"]`).click();
    await page.locator("#m0").waitFor();
    assert.equal(await page.locator(".row .label").count(), 20);
    assert.match(await text(page.locator(".call-inspector-findings")), /behind the others/);
    await page.locator("#m2").hover();
    assert.match(await text(page.locator(".message-panel .raw")), /^INVITE sip:bob1/);
    await page.keyboard.press("?");
    assert.equal(await page.locator("dialog.help[open]").count(), 1);
    await page.keyboard.press("Escape");
    await page.locator(".call-inspector-back").click();
    await page.locator(".call-inspector-search input").fill("nobody@nowhere");
    await page.locator(".call-inspector-search button").click();
    await page.locator(".call-inspector-problem").waitFor();
    await page.locator(".call-inspector-back").click();
    await page.locator(".call-inspector-search input").fill(args.hostile);
    await page.locator(".call-inspector-search button").click();
    await page.locator("#m0").waitFor();
    assert.equal(await page.evaluate(() => window.broken), undefined);
    assert.equal(await page.locator("dialog.help").count(), 1, "what a call listens to ends with it");
    assert.equal(await page.locator("img").count(), 0);
  },
};
