// What axe finds on every page in both themes, and on the phone, of what is serious.
import { readFileSync } from "node:fs";
import { THEMES, go, opened, tell, watched } from "./browser.mjs";

const AXE = readFileSync(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const GRAVE = ["serious", "critical"];

await tell(async (browser, { address, pages }) => {
  const found = [];
  let rules = 0;
  const views = [...THEMES.map((theme) => ({ theme })), { theme: "light", size: "phone" }];
  for (const view of views) {
    const context = await opened(browser, view);
    const { page } = await watched(context, address);
    for (const { path } of pages) {
      await go(page, address, path);
      // The driver's own way into the page, which the page's policy does not bind.
      await page.evaluate(AXE);
      const { violations, passes } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
      rules += passes.length;
      for (const { id, impact, help, nodes } of violations.filter(({ impact }) => GRAVE.includes(impact))) {
        const where = nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`);
        found.push(`${path} (${view.theme}, ${view.size ?? "desktop"}): ${impact} ${id}, ${help}: ${nodes.length} times\n    ${where.join("\n    ")}`);
      }
    }
    await context.close();
  }
  return { found, rules };
});
