// Looks at every page in both themes, on a desktop and on a phone.
import { SIZES, THEMES, go, opened, tell, watched } from "./browser.mjs";

await tell(async (browser, { address, pages }) => {
  const found = [];
  let looked = 0;
  for (const theme of THEMES) {
    for (const size of Object.keys(SIZES)) {
      const context = await opened(browser, { theme, size });
      const { page, problems } = await watched(context, address);
      for (const { path, status } of pages) {
        const say = (problem) => found.push(`${path} (${theme}, ${size}): ${problem}`);
        const response = await go(page, address, path);
        if (response.status() !== status) say(`answered with ${response.status()}`);
        // To the end, where something may have been loaded late.
        await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
        // A page that is not there is an error of the console's, too.
        const told = (await problems()).filter((it) => status < 400 || !it.includes(`status of ${status}`));
        told.forEach(say);
        const shown = await page.evaluate(() => ({
          title: document.title,
          headings: document.querySelectorAll("h1").length,
          language: document.documentElement.lang,
          dark: window.matchMedia("(prefers-color-scheme: dark)").matches,
          paper: getComputedStyle(document.body).backgroundColor,
          cut: [...document.querySelectorAll(".panel:not(.scroll)")]
            .filter((panel) => panel.scrollWidth > panel.clientWidth + 1)
            .map((panel) => panel.textContent.trim().slice(0, 40)),
        }));
        if (!shown.title.includes("asyncwarden")) say(`has the title ${shown.title}`);
        if (shown.headings !== 1) say(`has ${shown.headings} first headings`);
        // Only what says that it scrolls may have something out of sight.
        shown.cut.forEach((text) => say(`cuts off ${text}`));
        if (shown.language !== "en") say("does not say its language");
        const light = shown.paper.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3;
        if (light > 128 === shown.dark) say(`is ${shown.paper} in the theme ${theme}`);
        looked += 1;
      }
      await context.close();
    }
  }
  return { found, looked };
});
