// How it has gone: the server's own page of figures, set into the screen; its links change the span.
import { el, lang, t } from "./show.js";

const ANEW_MS = 300_000;

let days = "30";

export async function drawThen(body) {
  body.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(`/console/figures?days=${days}`, { headers: { "Accept-Language": lang } });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const figures = page.getElementById("figures");
    figures.querySelector("h2").remove();
    const open = [...body.querySelectorAll("details[open]")].map((one) => one.closest("section").getAttribute("aria-labelledby"));
    for (const one of figures.querySelectorAll("details")) one.open = open.includes(one.closest("section").getAttribute("aria-labelledby"));
    const focused = body.contains(document.activeElement) && document.activeElement.dataset.days;
    body.replaceChildren(document.adoptNode(figures));
    if (focused) body.querySelector("[aria-current]")?.focus();
  } catch {
    if (!body.firstChild) body.replaceChildren(el("p", { class: "calm" }, t("then-none")));
  }
  body.removeAttribute("aria-busy");
  if (body.dataset.isSet) return;
  body.dataset.isSet = "yes";
  body.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-days]");
    if (!link) return;
    event.preventDefault();
    days = link.dataset.days;
    drawThen(body);
  });
  setInterval(() => document.hidden || drawThen(body), ANEW_MS);
}
