// What waits and for how long, and the last decisions with their reasons.
import { openJob, reasons } from "./console-job.js";
import { empty, folded, lasted, redraw } from "./console-parts.js";
import { el, named, span, t } from "./show.js";

export function drawQueue(body, { items, mail }, { now }, again) {
  const waiting = [
    ["mail-letters", mail.letters_waiting],
    ["mail-effects", mail.effects_waiting],
    ["mail-timers", mail.timers],
  ];
  redraw(body, [items.map(({ id, status, offer }) => [id, status, offer]), waiting, now.slice(0, 16)], () => [
    items.length ? el("ul", { class: "queue" }, items.map((job) => line(job, now, again))) : empty("queue-none"),
    el("dl", { class: "mail" }, waiting.map(([name, count]) => el("div", {}, el("dt", {}, t(name)), el("dd", {}, String(count))))),
  ]);
}

function line(job, now, again) {
  const asked = job.offer?.master?.name;
  return el(
    "li",
    {},
    el(
      "button",
      { type: "button", "data-id": job.id, click: () => openJob(job.id, again) },
      el("span", { class: "who" }, el("b", {}, named(job)), el("span", { class: "number" }, `№ ${job.number}`)),
      el("span", { class: "last" }, span(job.start, job.end), " · ", asked ? t("asked-now", { master: asked }) : job.reason),
      el("span", { class: "badge hot" }, t("waits", { time: lasted(job.waiting_since, now) })),
    ),
  );
}

export function drawWhy(body, { items }, { now }, again) {
  redraw(body, [items.map(({ id }) => id), now.slice(0, 13)], () => {
    if (!items.length) return empty("why-none");
    const jobs = Map.groupBy ? Map.groupBy(items, ({ job_id }) => job_id) : new Map(items.map((one) => [one.id, [one]]));
    const cards = [...jobs.values()].map((list) =>
      el("li", { class: "why" }, el("button", { type: "button", class: "number", "data-id": list[0].id, click: () => openJob(list[0].job_id, again) }, `№ ${list[0].job_number ?? ""}`), reasons(list)),
    );
    return folded(cards, "cards", { shown: 6 });
  });
}
