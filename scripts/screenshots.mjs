// Takes pictures of the dashboard's pages, in both themes and on a phone, from a running `asyncwarden demo`:
//
//   node scripts/screenshots.mjs http://127.0.0.1:PORT FOLDER [NAME…]
//
// The address is the one that the demo prints for its dashboard. NAME takes only what begins so: `overview`,
// `change-phone`. Needs what tests/run installs (tests/browser/node_modules, Chromium).
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium, go, opened } from "../tests/browser/browser.mjs";

const [address, folder, ...only] = process.argv.slice(2);
if (!address || !folder) {
  console.error("usage: node scripts/screenshots.mjs ADDRESS FOLDER [NAME…]");
  process.exit(2);
}
const base = address.replace(/\/$/, "");
const VIEWS = { light: { theme: "light" }, dark: { theme: "dark" }, phone: { size: "phone" } };

/** Each kind of page, with an address for it. */
async function pages(page) {
  const first = async (from, start) => {
    await go(page, base, from);
    return page.$$eval("main a", (links, start) => links.map((link) => link.getAttribute("href")).find((href) => href.startsWith(start)), start);
  };
  const repository = await first("/", "/repositories/");
  const review = await first(repository, "/reviews/");
  const forge = repository.split("/")[2];
  const told = await first(`/findings?repository=${forge}:acme/price-crawler&state=settled`, "/reviews/");
  return {
    overview: "/",
    repository,
    worse: `/repositories/${forge}/acme/botkit`,
    change: await first(told ?? review, "/changes/"),
    changes: "/changes",
    review,
    findings: "/findings",
    filtered: "/findings?severity=critical&state=settled",
    rules: "/rules",
    rule: "/rules/AW501",
    operations: "/operations",
    setup: "/setup",
    missing: "/nowhere",
  };
}

const browser = await chromium();
try {
  const context = await opened(browser);
  const found = await pages(await context.newPage());
  await context.close();
  mkdirSync(folder, { recursive: true });
  for (const [view, how] of Object.entries(VIEWS)) {
    const context = await opened(browser, how);
    const page = await context.newPage();
    for (const [name, path] of Object.entries(found)) {
      const file = `${name}-${view}`;
      if (only.length > 0 && !only.some((start) => file.startsWith(start))) continue;
      await go(page, base, path);
      // What a person sees first, and all of it.
      await page.screenshot({ path: join(folder, `${file}.png`) });
      await page.screenshot({ path: join(folder, `${file}-whole.png`), fullPage: true });
      console.log(`${file}  ${path}`);
    }
    await context.close();
  }
} finally {
  await browser.close();
}
