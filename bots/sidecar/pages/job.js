// The job file as a page, for the screen and for paper. Who comes with a cookie gets it written by the
// server; who has only a token in this browser's memory gets an empty page, which is filled in here.
import { call } from "./call.js";
import { el, kept, linked, stamp, t } from "./show.js";

const TICKED = ["tools", "consumables", "parts", "checks"];

const id = location.pathname.split("/")[2];
const file = document.getElementById("file");

// A link may carry a token; otherwise we are whoever this browser already is: a master, a client, the owner.
const carried = /[#&]t=([^&]+)/.exec(location.hash)?.[1];
if (carried) history.replaceState(null, "", location.pathname + location.search);
const talks = kept("talks.client") ?? [];
const mine = talks.find((talk) => talk.job_id === id);
const tokens = [...new Set([carried, kept("terminal"), mine?.token].filter(Boolean)), undefined];

let shown; // the token that may see this job

async function asWhoMay(path) {
  for (const token of tokens) {
    try {
      const found = await call("GET", path, { token });
      shown = token;
      return found;
    } catch (failure) {
      if (!token || ![401, 403].includes(failure.status)) throw failure;
    }
  }
}

// A link carries no token, so the PDF is fetched with it and handed over as a file.
async function save(event) {
  if (!shown) return;
  event.preventDefault();
  const answer = await fetch(event.currentTarget.href, { headers: { Authorization: `Bearer ${shown}` } });
  if (!answer.ok) return;
  const address = URL.createObjectURL(await answer.blob());
  el("a", { href: address, download: `naryad-${id}.pdf` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function section({ name, title, lines, ordered, groups }) {
  if (groups) {
    const parts = groups.map((group) => [el("h3", {}, group.title), el("ol", {}, group.lines.map((line) => el("li", {}, linked(line))))]);
    return el("section", { class: name }, el("h2", {}, title), parts.flat());
  }
  const items = lines.map((line) => linked(line));
  let body = el(ordered ? "ol" : "ul", {}, items.map((item) => el("li", {}, item)));
  if (TICKED.includes(name)) {
    const boxes = items.map((item) => el("li", {}, el("label", {}, el("input", { type: "checkbox" }), el("span", {}, item))));
    body = el("ul", { class: "tick" }, boxes);
  } else if (items.length === 1) body = el("p", {}, items[0]);
  if (name === "transcript") return el("details", {}, el("summary", {}, title), body);
  return el("section", { class: name }, el("h2", {}, title), body);
}

async function fill() {
  const [job, { sections, drawings, pdf_url }] = await Promise.all([asWhoMay(`/api/v1/jobs/${id}`), asWhoMay(`/api/v1/jobs/${id}/instructions`)]);
  const head = el("div", { class: "slip-head" }, el("h1", { class: "number" }, `№ ${job.number}`), stamp(job.status));
  const pdf = pdf_url && el("p", { class: "deeds" }, el("a", { class: "button quiet", href: pdf_url, click: save }, t("job-pdf")));
  const drawn = drawings.map(({ title, url }) => el("section", { class: "drawn" }, el("h2", {}, title), el("img", { class: "drawing", src: url, alt: title })));
  const written = sections.filter(({ lines }) => lines.length).map((part) => (part.name === "steps" ? [section(part), ...drawn] : [section(part)]));
  file.replaceChildren(el("header", { class: "slip" }, head), pdf || "", ...written.flat());
}

function excuse(failure) {
  const text = [401, 403].includes(failure.status) ? t("job-none-text") : failure.message;
  file.replaceChildren(el("div", { class: "empty" }, el("h1", {}, t("job-none")), el("p", {}, text)));
}

function finish() {
  file.removeAttribute("aria-busy");
  const number = file.querySelector(".number");
  if (number) document.title = t("job-title", { number: number.textContent });
  for (const link of file.querySelectorAll("a[href*='/maps']")) link.textContent = t("map");
}

document.getElementById("print").addEventListener("click", () => print());
const isWritten = !file.hasAttribute("aria-busy");
(isWritten ? Promise.resolve() : fill().catch(excuse)).finally(finish);
