// What several cases do.

import { readFileSync } from "node:fs";

export const text = (locator) => locator.innerText();

export async function file(page, name) {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.locator(".downloads").getByRole("button", { name, exact: true }).click(),
  ]);
  return readFileSync(await download.path());
}
