// The ways through the dashboard: by links, by the form of filters, and with the keyboard alone.
import { go, opened, tell, watched } from "./browser.mjs";

const text = (page, selector) => page.$eval(selector, (element) => element.textContent.trim());

/** From the overview by links down to a change request, and back. */
async function byLinks(page, address, { name }) {
  const way = [];
  const note = async () => way.push([new URL(page.url()).pathname, await text(page, "h1")]);
  await go(page, address, "/");
  await note();
  await page.getByRole("link", { name, exact: true }).click();
  await note();
  await page.locator("table.rows td a[href^='/reviews/']").first().click();
  await note();
  await page.locator("h1 a").click();
  await note();
  await page.locator(".crumbs").getByRole("link", { name, exact: true }).click();
  await note();
  await page.getByRole("link", { name: "All findings" }).click();
  await note();
  for (const title of ["Rules", "Findings", "Change requests", "Repositories"]) {
    await page.getByRole("navigation", { name: "Pages", exact: true }).getByRole("link", { name: title }).click();
    await note();
    const current = await text(page, "nav [aria-current=page]");
    if (current !== title) way.push([`${title} is not the current page`, current]);
  }
  return way;
}

/** All rows of the list, page for page. */
async function listed(page) {
  const rows = [];
  for (;;) {
    rows.push(
      ...(await page.$$eval("table.listed tbody tr", (rows) =>
        rows.map((row) => ({
          rule: row.querySelector("th").textContent.trim().split(/[\s]/)[0],
          place: row.querySelector(".place").textContent.trim(),
          severity: row.querySelector(".severity").textContent.trim(),
          state: row.querySelector(".state b").textContent.trim(),
          repository: row.querySelector(".change .soft").textContent.trim(),
        })),
      )),
    );
    const older = page.getByRole("link", { name: "Older" });
    if ((await older.count()) === 0) return rows;
    await older.click();
  }
}

/** Fills the form as told, and reads what it lists. */
async function byForm(page, address, filters) {
  const lists = [];
  for (const filter of filters) {
    await go(page, address, "/findings");
    for (const [label, value] of Object.entries(filter)) {
      const field = page.getByLabel(label, { exact: true });
      if ((await field.evaluate((it) => it.tagName)) === "SELECT") await field.selectOption(value);
      else await field.fill(value);
    }
    await page.getByRole("button", { name: "Show" }).click();
    const active = await page.$$eval(".active li:not(.all)", (active) => active.length);
    const kept = await page.getByLabel("Severity", { exact: true }).inputValue();
    lists.push({ active, kept, rows: await listed(page) });
  }
  // The last one taken away, one after the other.
  await page.goBack();
  while ((await page.locator(".active li:not(.all) a").count()) > 0) {
    await page.locator(".active li:not(.all) a").first().click();
  }
  return { lists, at: page.url().slice(address.length) };
}

/** What has the focus, and whether somebody who looks sees it. */
const focus = (page) =>
  page.evaluate(() => {
    const it = document.activeElement;
    const style = getComputedStyle(it);
    const { top, bottom, left, right, width, height } = it.getBoundingClientRect();
    return {
      text: it.textContent.trim().slice(0, 60),
      tag: it.tagName,
      href: it.getAttribute("href"),
      outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
      inside: width > 0 && height > 0 && bottom > 0 && right > 0 && top < innerHeight && left < innerWidth,
      place: [...document.querySelectorAll("a, button, input, select, summary, [tabindex]")].indexOf(it),
    };
  });

/** With the Tab key on to what is wanted. */
async function tabTo(page, problems, wanted) {
  let last = -1;
  for (let steps = 0; steps < 400; steps += 1) {
    await page.keyboard.press("Tab");
    const at = await focus(page);
    if (!at.outlined) problems.push(`nobody sees that ${at.tag} ${at.text} has the focus`);
    if (!at.inside) problems.push(`${at.tag} ${at.text} has the focus out of sight`);
    if (at.place < last) break;
    last = at.place;
    if (wanted(at)) return;
  }
  problems.push(`nothing like ${wanted} was reached on ${page.url()}`);
}

/** Presses what has the focus, and waits for where it leads. */
async function enter(page) {
  const before = page.url();
  await Promise.all([page.waitForURL((url) => url.href !== before), page.keyboard.press("Enter")]);
}

/** From the overview to a finding's change request without a pointer. */
async function byKeys(page, address) {
  const [problems, way] = [[], []];
  const note = () => way.push(new URL(page.url()).pathname);
  await go(page, address, "/");
  await page.keyboard.press("Tab");
  const first = await focus(page);
  if (first.href !== "#main" || !first.inside) problems.push(`the first stop is ${JSON.stringify(first)}`);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  const second = await focus(page);
  const inMain = await page.evaluate(() => document.querySelector("main").contains(document.activeElement));
  if (!inMain) problems.push(`behind the skip link comes ${second.tag} ${second.text}`);
  await go(page, address, "/");
  await tabTo(page, problems, (at) => at.href === "/findings");
  await enter(page);
  note();
  await tabTo(page, problems, (at) => at.tag === "SELECT" && at.text.startsWith("All severities"));
  // The first letter chooses.
  await page.keyboard.press("c");
  await tabTo(page, problems, (at) => at.tag === "BUTTON");
  await enter(page);
  note();
  const filtered = new URL(page.url()).searchParams.get("severity");
  for (const path of ["/reviews/", "/changes/"]) {
    await tabTo(page, problems, (at) => at.href?.startsWith(path));
    await enter(page);
    note();
  }
  return { problems, way, filtered };
}

await tell(async (browser, { address, repository, filters }) => {
  const context = await opened(browser);
  const { page, problems } = await watched(context, address);
  const links = await byLinks(page, address, repository);
  const form = await byForm(page, address, filters);
  const keys = await byKeys(page, address);
  return { links, form, keys, problems: await problems() };
});
