// The page of senders and clocks.

import { text } from "./common.mjs";

export const senderCases = {
  /** Counters with their reasons, clocks with their plots. */
  async senders({ page, base, args, assert, accessible }) {
    await page.goto(`${base}/senders.html`);
    const card = page.locator(".parser", { hasText: args.parser });
    await card.waitFor();
    assert.match(await text(card), /Received\s+\d/);
    assert.match(await text(card), /Refused: /);
    assert.ok((await page.locator("#clocks .sparkline").count()) >= 1);
    await page.locator(".sparkline .curve").first().waitFor({ state: "attached" });
    assert.match(await text(page.locator("#store")), /Calls kept\s+[1-9]/);
    await accessible();
  },

  /** Capture off and on, a parser started and stopped, a mistake told. */
  async parsers({ page, base, args, assert, accessible }) {
    await page.goto(`${base}/senders.html`);
    const card = page.locator(".parser", { hasText: args.parser });
    await card.getByRole("button", { name: "Capture off" }).click();
    await card.getByText("not capturing").waitFor();
    await card.getByRole("button", { name: "Capture on" }).click();
    await card.getByText(/^capturing$/).waitFor();
    await page.getByLabel("Address").fill("127.0.0.1");
    await page.getByLabel("Port").fill(String(args.port));
    await page.getByRole("button", { name: "Start", exact: true }).click();
    const fresh = page.locator(".parser", { hasText: `127.0.0.1:${args.port}` });
    await fresh.waitFor();
    await fresh.getByRole("button", { name: "Stop" }).click();
    await page.getByLabel("Port").focus();
    await fresh.getByRole("button", { name: "Stop", exact: true }).click();
    await fresh.getByRole("button", { name: "Stop: sure?" }).click();
    await fresh.waitFor({ state: "detached" });
    await page.getByLabel("Address").fill("192.0.2.77");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.locator(".problem").waitFor();
    assert.match(await text(page.locator(".problem")), /no such address/);
    await accessible();
  },
};
