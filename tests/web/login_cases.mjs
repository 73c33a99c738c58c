// The login, with a server that asks for one.

import { text } from "./common.mjs";

export const loginCases = {
  /** A page leads to the login, and the login back to it; out again. */
  async login({ page, base, args, assert, accessible }) {
    const there = `${base}/call.html?id=${encodeURIComponent(args.id)}`;
    await page.goto(there);
    await page.getByRole("heading", { name: "Log in" }).waitFor();
    await accessible();
    await page.getByLabel("Password").fill("ci_wrong");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.locator("#problem").waitFor();
    assert.match(await text(page.locator("#problem")), /this token is not known/);
    await page.getByLabel("Password").fill(args.token);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.locator("#logout").waitFor();
    assert.equal(page.url(), there);
    await page.locator(".ladder .row, #ladder svg").first().waitFor({ state: "attached" });
    assert.equal(await page.evaluate(() => document.cookie), "");
    const [cookie] = await page.context().cookies();
    assert.ok(cookie.httpOnly && cookie.secure && cookie.sameSite === "Strict" && cookie.expires === -1);
    await page.goto(`${base}/`);
    await page.locator(".call-row").first().waitFor();
    await page.locator("#logout").click();
    await page.getByRole("heading", { name: "Log in" }).waitFor();
    assert.deepEqual(await page.context().cookies(), []);
    await page.goto(`${base}/senders.html`);
    await page.getByRole("heading", { name: "Log in" }).waitFor();
  },

  /** A person with a name and a password, whom a link wanted to send elsewhere. */
  async password({ page, base, args, assert }) {
    await page.goto(`${base}/login.html?next=${encodeURIComponent("//evil.example.com/x")}`);
    await page.getByLabel("Name").fill(args.person);
    await page.getByLabel("Password").fill(args.password);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.locator("#logout").waitFor();
    assert.equal(page.url(), `${base}/`);
    assert.match(await page.locator("#logout").getAttribute("title"), new RegExp(args.person));
  },
};
