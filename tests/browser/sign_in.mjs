// Signing in and out in a browser, and a page that renews itself while somebody looks at it.
import { readFileSync } from "node:fs";
import { go, opened, tell, watched } from "./browser.mjs";

const AXE = readFileSync(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

await tell(async (browser, { address, wanted, login }) => {
  const context = await opened(browser);
  const { page, problems } = await watched(context, address);
  const told = {};
  await go(page, address, wanted);
  told.asked = new URL(page.url()).pathname;
  told.heading = await page.textContent("h1");
  told.problems = await problems();
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  told.violations = violations.map(({ id }) => id);
  // By keyboard: the first way in is reached and taken without a pointer.
  for (let presses = 0; presses < 20; presses += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(() => document.activeElement?.matches("a.button"))) break;
  }
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  told.platform = new URL(page.url()).pathname;
  await page.getByRole("link", { name: login, exact: true }).click();
  await page.waitForLoadState("load");
  const at = new URL(page.url());
  told.back = at.pathname + at.search;
  told.who = await page.textContent("form.who span");
  told.cookies = (await context.cookies()).map(({ name, httpOnly, sameSite }) => [name, httpOnly, sameSite]);

  // What comes is there without a reload; the page stays the one that it was.
  await go(page, address, "/");
  const last = () => page.getAttribute("table.rows time", "datetime");
  told.before = await last();
  await page.evaluate(() => { window.__same = true; });
  const isNewer = (before) => document.querySelector("table.rows time").dateTime !== before;
  await page.waitForFunction(isNewer, told.before, { timeout: 60_000 });
  told.now = await last();
  told.same = await page.evaluate(() => window.__same === true);
  told.status = await page.textContent("#live");

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForLoadState("load");
  told.out = new URL(page.url()).pathname;
  await page.goBack();
  await go(page, address, "/");
  told.after = new URL(page.url()).pathname;
  return told;
});
