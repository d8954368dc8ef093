// The job file as a page: what was sent to the master, for the screen and for paper.
import { call } from "./call.js";
import { address, bounds, el, kept, linked, money, row, span, stamp, t, word } from "./show.js";

const ORDERED = ["steps", "procedure"];
const TICKED = ["tools", "consumables", "parts", "checks"];
const FOLDED = ["transcript"];

const id = location.pathname.split("/")[2];
const file = document.getElementById("file");

// A link may carry a token; otherwise we are whoever this browser already is: a master, a client, the owner.
const carried = /[#&]t=([^&]+)/.exec(location.hash)?.[1];
if (carried) history.replaceState(null, "", location.pathname + location.search);
const talks = [...(kept("talks.client") ?? []), ...(kept("talks.master") ?? [])];
const mine = talks.find((talk) => talk.job_id === id);
const tokens = [carried, kept("terminal"), mine?.token, ...talks.map((talk) => talk.token)].filter(Boolean);

async function asWhoMay(path) {
  for (const token of [...new Set(tokens), undefined]) {
    try {
      return await call("GET", path, { token });
    } catch (failure) {
      if (![401, 403, 404].includes(failure.status) || !token) throw failure;
    }
  }
}

function section({ name, title, lines = [], ordered }) {
  const texts = lines.map((line) => linked(line));
  let body = el("ul", {}, texts.map((text) => el("li", {}, text)));
  if (ordered || ORDERED.includes(name)) body = el("ol", {}, texts.map((text) => el("li", {}, text)));
  else if (TICKED.includes(name)) body = el("ul", { class: "tick" }, texts.map((text) => el("li", {}, el("label", {}, el("input", { type: "checkbox" }), el("span", {}, text)))));
  else if (texts.length === 1) body = el("p", {}, texts[0]);
  if (FOLDED.includes(name)) return el("details", {}, el("summary", {}, title), body);
  return el("section", { class: name }, el("h2", {}, title), body);
}

function draw(job, { sections = [], pdf_url }) {
  const phone = job.client?.phone;
  const map = job.address?.map_url ?? job.map_url;
  const pdf = pdf_url ?? job.pdf_url;
  document.title = t("job-title", job);
  file.replaceChildren(
    el(
      "header",
      { class: "slip" },
      el("div", { class: "slip-head" }, el("h1", { class: "number" }, `№ ${job.number}`), stamp(job.status)),
      el(
        "dl",
        {},
        row("what", job.diagnosis?.title ?? job.diagnosis, [word("trade", job.trade), word("urgency", job.urgency)].filter(Boolean).join(", ")),
        row("when", span(job.start, job.end)),
        row("where", address(job.address), map && el("a", { href: map, target: "_blank", rel: "noopener" }, t("map"))),
        row("who", job.client?.name, phone && el("a", { href: `tel:${phone}` }, phone)),
        row("price", money(job.quote?.price), bounds(job.quote)),
        job.split_preview ? row("job-earn", money(job.payout ?? job.split_preview.master)) : [],
      ),
    ),
    ...sections.filter(({ lines }) => lines?.length).map(section),
    pdf ? el("p", { class: "deeds" }, el("a", { class: "button quiet", href: pdf }, t("job-pdf"))) : "",
  );
}

document.getElementById("print").addEventListener("click", () => print());

Promise.all([asWhoMay(`/api/v1/jobs/${id}`), asWhoMay(`/api/v1/jobs/${id}/instructions`)])
  .then(([job, instructions]) => draw(job, instructions))
  .catch((failure) => {
    const isStranger = [401, 403].includes(failure.status);
    const text = isStranger || !failure.status ? t("job-none-text") : failure.message;
    file.replaceChildren(el("div", { class: "empty" }, el("h1", {}, t("job-none")), el("p", {}, text)));
    if (!failure.status) throw failure;
  })
  .finally(() => file.removeAttribute("aria-busy"));
