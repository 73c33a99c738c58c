// A real browser for the tests: reads a case a line, {name, base, context, args}, and answers {} or {error}.
// MODULES is the folder whose node_modules has playwright-core and axe-core.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import { cases } from "./cases.mjs";

const require = createRequire(`${process.env.MODULES}/`);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });

/** Nothing serious is wrong for who does not see, or has no mouse. */
async function accessible(page) {
  const { violations } = await page.evaluate(async (source) => {
    if (!window.axe) (0, eval)(source);
    return window.axe.run(document, { resultTypes: ["violations"] });
  }, axe);
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  assert.deepEqual(
    serious.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html, failureSummary }) => html + failureSummary)]),
    [],
  );
}

async function run({ name, base, context: options, args }) {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    bypassCSP: false,
    acceptDownloads: true,
    ...options,
  });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: base });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    const isExpected = /Failed to load resource: the server responded with a status of 4/.test(message.text());
    if (message.type() === "error" && !isExpected) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.stack));
  page.on("dialog", (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(base) && !/^(blob|data):/.test(url)) complaints.push(`a request to ${url}`);
  });
  page.setDefaultTimeout(Number(process.env.PATIENCE ?? 60) * 1000);
  try {
    const answer = await cases[name]({
      page,
      base,
      args,
      assert,
      accessible: () => accessible(page),
      call: (id) =>
        page.goto(`${base}/call.html?id=${encodeURIComponent(id)}`).then(() => page.locator("#m0").waitFor()),
    });
    assert.deepEqual(complaints, []);
    return { answer };
  } finally {
    await context.close();
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = await run(JSON.parse(line));
  } catch (error) {
    answer = { error: error.stack };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
await browser.close();
