// What the charts of a repository's page show, and the tables beside them, as a person gets them.
import { go, opened, tell, watched } from "./browser.mjs";

/** In the page: each chart with its bars as they are drawn, and its table as it is written. */
function charts() {
  const text = (element) => element.textContent.trim();
  return [...document.querySelectorAll("figure")].map((figure) => {
    const svg = figure.querySelector("svg.bars");
    const box = svg.getBoundingClientRect();
    const region = figure.closest(".split").querySelector("table");
    return {
      caption: text(figure.querySelector("figcaption")),
      label: svg.getAttribute("aria-label"),
      size: [box.width, box.height],
      ticks: [...figure.querySelectorAll(".ticks span")].map((tick) => Number(text(tick))),
      legend: [...figure.querySelectorAll(".legend li")].map((entry) => ({
        text: text(entry),
        colour: getComputedStyle(entry.querySelector(".dot")).backgroundColor,
      })),
      bars: [...svg.querySelectorAll("g")].map((bar) => ({
        title: text(bar.querySelector("title")),
        parts: [...bar.querySelectorAll("rect:not(.slot)")].map((part) => {
          const { top, bottom } = part.getBoundingClientRect();
          return {
            name: part.getAttribute("class"),
            colour: getComputedStyle(part).fill,
            // As parts of the chart's height, from its lower edge.
            from: (box.bottom - bottom) / box.height,
            to: (box.bottom - top) / box.height,
          };
        }),
      })),
      head: [...region.querySelectorAll("thead th")].map(text),
      rows: [...region.querySelectorAll("tbody tr")].map((row) => [...row.children].map(text)),
    };
  });
}

await tell(async (browser, { address, repository }) => {
  const context = await opened(browser);
  const { page } = await watched(context, address);
  await go(page, address, repository);
  const shown = await page.evaluate(charts);
  const tiles = await page.$$eval(".tiles li", (tiles) => tiles.map((tile) => tile.textContent.trim()));
  await go(page, address, "/");
  const lines = await page.$$eval("svg.spark", (lines) =>
    lines.map((line) => ({
      label: line.getAttribute("aria-label"),
      width: line.getBoundingClientRect().width,
      points: line.querySelector("polyline").getAttribute("points").trim().split(" ").length,
    })),
  );
  return { charts: shown, tiles, lines };
});
