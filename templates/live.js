// Keeps a page current while reviews run: when the service says that there is something new, the page's content is read
// again and put in the place of the old one. Without scripts everything else works as well.
"use strict";
const main = document.querySelector("main[data-live]");
if (main) {
  let source;
  const listen = () => {
    source = new EventSource(main.dataset.live);
    source.addEventListener("changed", renew);
  };
  const isBusy = () => {
    const active = document.activeElement;
    return main.contains(active) && active.matches("input, select, textarea");
  };
  const places = () => [...main.querySelectorAll("a, button, summary, [tabindex]")];
  const renew = async () => {
    if (isBusy()) return;
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
    if (!fresh || isBusy()) return;
    const open = [...main.querySelectorAll("details")].map((details) => details.open);
    const focus = places().indexOf(document.activeElement);
    main.replaceChildren(...fresh.childNodes);
    main.querySelectorAll("details").forEach((details, at) => { details.open = open[at] ?? details.open; });
    if (focus >= 0) places()[focus]?.focus({ preventScroll: true });
    document.getElementById("live").textContent = "Updated just now";
  };
  // A page in the background keeps no connection: browsers have six for a host.
  document.addEventListener("visibilitychange", () => {
    source?.close();
    if (!document.hidden) { renew(); listen(); }
  });
  if (!document.hidden) listen();
}
