// The colours of severities as they are computed, in both themes, each with what it stands on.
import { THEMES, go, opened, tell, watched } from "./browser.mjs";

await tell(async (browser, { address, repository }) => {
  const colours = {};
  for (const theme of THEMES) {
    const context = await opened(browser, { theme });
    const { page } = await watched(context, address);
    await go(page, address, repository);
    colours[theme] = await page.evaluate(() => {
      const numbers = (colour) => colour.match(/[\d.]+/g).slice(0, 3).map(Number);
      const of = (name) => numbers(getComputedStyle(document.querySelector(`.dot.${name}`)).backgroundColor);
      return {
        severities: ["critical", "high", "medium", "low"].map((name) => [name, of(name)]),
        panel: numbers(getComputedStyle(document.querySelector(".panel")).backgroundColor),
      };
    });
    await context.close();
  }
  return colours;
});
