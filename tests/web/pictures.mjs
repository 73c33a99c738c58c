// Pictures of the pages for the documentation.

export const pictures = {
  async pictures({ page, base, args, call }) {
    const shoot = (name, options) => page.screenshot({ path: `${args.directory}/${name}.png`, ...options });
    await page.goto(base);
    await page.locator(".call-row", { hasText: "overloaded" }).first().waitFor();
    await page.waitForTimeout(12000); // what takes longer to analyse
    await shoot("calls");
    await call(args.three);
    await page.locator("#m14").hover();
    await page.evaluate(() => scrollTo(0, 0));
    await shoot("call");
    await page.locator("#m14").scrollIntoViewIfNeeded();
    await page.locator("#m14").hover();
    await shoot("ladder");
    await page.locator("#m5").click();
    await page.locator("#m14").click();
    await shoot("compare");
    await page.emulateMedia({ colorScheme: "dark" });
    await call(args.eight);
    await page.locator("#m6").hover();
    await page.evaluate(() => scrollTo(0, 0));
    await shoot("call-dark");
    await page.emulateMedia({ colorScheme: "light" });
    await page.goto(`${base}/senders.html`);
    await page.waitForFunction(
      () => document.querySelector("#clocks .curve")?.getAttribute("d").split("L").length > 4,
    );
    await shoot("senders");
  },
};
