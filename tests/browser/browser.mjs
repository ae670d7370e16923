// Chromium, and what a page does in it that nobody should see: errors, requests to others, blocked content, shifts.
import { chromium as driver } from "playwright-core";

export const THEMES = ["light", "dark"];
export const SIZES = {
  desktop: { viewport: { width: 1280, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
};

/** What there is to test with: where the service is, and what its store holds. */
export async function given() {
  let text = "";
  for await (const part of process.stdin) text += part;
  return JSON.parse(text);
}

/** The distribution's Chromium. */
export const chromium = () =>
  driver.launch({
    executablePath: process.env.ASYNCWARDEN_TEST_CHROMIUM || "/usr/bin/chromium",
    // In a container Chromium may neither make namespaces nor have room in /dev/shm.
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
  });

/** Runs `test` with a browser, and prints what it returns. */
export async function tell(test) {
  const told = await given();
  const browser = await chromium();
  try {
    console.log(JSON.stringify(await test(browser, told)));
  } finally {
    await browser.close();
  }
}

/**
 * A context in which the pages are seen by somebody who may see them all. Whoever needs to sign in for that does it here,
 * once, before the first page.
 */
export async function opened(browser, { theme = "light", size = "desktop" } = {}) {
  const context = await browser.newContext({ ...SIZES[size], colorScheme: theme, reducedMotion: "reduce" });
  context.setDefaultTimeout(15_000);
  await context.addInitScript(() => {
    window.__blocked = [];
    window.__shifts = [];
    document.addEventListener("securitypolicyviolation", (event) => {
      window.__blocked.push(`${event.violatedDirective}: ${event.blockedURI || event.sourceFile}`);
    });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.__shifts.push(entry.value);
    }).observe({ type: "layout-shift", buffered: true });
  });
  return context;
}

// The least shift that somebody could see, a tenth of what Web Vitals calls good. On a busy machine a page may be laid out
// before its last bytes are there, and a line move by a pixel.
const SEEN = 0.01;

/** A page that keeps what goes wrong in it, to be asked for with `problems`. */
export async function watched(context, address) {
  const page = await context.newPage();
  const seen = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) seen.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => seen.push(`script: ${error.message}`));
  page.on("requestfailed", (request) => {
    const [url, why] = [request.url(), request.failure()?.errorText];
    // Who leaves a page stops listening to what happens on it.
    const left = url.startsWith(`${address}/live?`) && why === "net::ERR_ABORTED";
    if (!left) seen.push(`failed: ${url} ${why}`);
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${address}/`) && !url.startsWith("data:")) seen.push(`asked somebody else: ${url}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400 && !response.request().isNavigationRequest()) {
      seen.push(`${response.status()}: ${response.url()}`);
    }
  });
  const problems = async () => {
    const inPage = await page.evaluate(() => ({
      blocked: window.__blocked,
      shift: window.__shifts.reduce((sum, value) => sum + value, 0),
      wide: document.documentElement.scrollWidth - window.innerWidth,
    }));
    const found = seen.splice(0);
    found.push(...inPage.blocked.map((what) => `blocked: ${what}`));
    if (inPage.shift >= SEEN) found.push(`moved after it was shown: ${inPage.shift}`);
    if (inPage.wide > 0) found.push(`wider than the window by ${inPage.wide} px`);
    return found;
  };
  return { page, problems };
}

/** Goes to a page and waits until it is all there. */
export async function go(page, address, path) {
  const response = await page.goto(address + path, { waitUntil: "load" });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  return response;
}
