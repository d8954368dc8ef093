// Today and tomorrow of every master: his free hours, his jobs, who is late, and where the day stands now.
import { openJob, openMaster } from "./console-job.js";
import { empty, redraw } from "./console-parts.js";
import { clock, day, el, named, span, t, word } from "./show.js";

const HOUR = 3_600_000;
const EARLY = 8; // what a day shows at least
const LATE = 21;
const TICK = 3; // hours between two numbers

let shown = 0; // the day on a narrow screen

export function drawBoard(body, days, now, again) {
  redraw(days, now.days, () =>
    now.days.slice(0, 2).map((from, index) =>
      el("button", { type: "button", "aria-pressed": String(index === shown), click: ({ target }) => choose(body, days, target, index) }, day(from).split(",")[0]),
    ),
  );
  redraw(body, [now.masters, now.unbound, now.now.slice(0, 15)], () => {
    if (!now.masters.length && !now.unbound.length) return empty("board-none");
    const scales = now.days.slice(0, 2).map((from, index) => scale(from, index, now));
    const heads = el("div", { class: "line heads", "aria-hidden": "true" }, el("span", {}), scales.map(hours));
    const nobody = now.unbound.length ? [row({ name: t("nobody"), hours: [], jobs: now.unbound, isNobody: true }, scales, now, again)] : [];
    return el("div", { class: "chart", "data-day": String(shown) }, heads, el("ul", {}, nobody, now.masters.map((master) => row(master, scales, now, again))));
  });
}

function choose(body, days, button, index) {
  shown = index;
  body.querySelector(".chart")?.setAttribute("data-day", String(index));
  for (const one of days.children) one.setAttribute("aria-pressed", String(one === button));
}

// From the first to the last hour at which anything happens, in whole hours of the city.
function scale(from, index, { masters, unbound, now }) {
  const start = Date.parse(from);
  const end = start + 24 * HOUR;
  const present = { start: now, end: now }; // hours alone widen no day: some work by night
  const all = [...masters.flatMap((master) => master.jobs), ...unbound, present];
  const within = all.map((one) => [Date.parse(one.start), Date.parse(one.end)]).filter(([a, b]) => b >= start && a < end);
  const first = Math.min(EARLY, ...within.map(([a]) => Math.max(0, Math.floor((a - start) / HOUR))));
  const last = Math.max(LATE, ...within.map(([, b]) => Math.min(24, Math.ceil((b - start) / HOUR + 0.01))));
  const place = (iso) => (100 * ((typeof iso === "number" ? iso : Date.parse(iso)) - start - first * HOUR)) / ((last - first) * HOUR);
  return { index, from, start, end, first, last, place };
}

function hours({ index, first, last, from }) {
  const track = el("div", { class: `track day-${index}` }, el("span", { class: "day-name" }, day(from).split(",")[0]));
  for (let hour = Math.ceil(first / TICK) * TICK; hour <= last; hour += TICK) {
    const tick = el("span", { class: "tick" }, String(hour).padStart(2, "0"));
    tick.style.insetInlineStart = `${(100 * (hour - first)) / (last - first)}%`;
    track.append(tick);
  }
  return track;
}

function row(master, scales, now, again) {
  const name = master.isNobody
    ? el("span", { class: "who nobody" }, master.name)
    : el("button", { type: "button", class: "who", "data-id": master.id, click: () => openMaster(master, again) }, el("b", {}, master.name ?? t("unnamed")), el("small", {}, master.status === "active" ? `★ ${master.rating.toFixed(1)}` : word("master", master.status)));
  return el("li", { class: "line" }, name, scales.map((each) => track(master, each, now, again)));
}

function track(master, each, now, again) {
  const here = ({ start, end }) => Date.parse(end) > each.start && Date.parse(start) < each.end;
  const node = el("div", { class: `track day-${each.index}` });
  for (const one of master.hours.filter(here)) {
    node.append(laid(el("span", { class: "free" }, el("span", { class: "away" }, t("free-hours", { span: span(one.start, one.end) }))), one, each));
  }
  const behind = each.index === 0 ? master.jobs.filter((job) => Date.parse(job.end) <= each.start) : [];
  for (const job of [...behind, ...master.jobs.filter(here)]) node.append(laid(block(job, again), job, each));
  const at = Date.parse(now.now);
  if (at >= each.start && at < each.end) {
    const line = el("span", { class: "present", "aria-hidden": "true" });
    line.style.insetInlineStart = `${each.place(at)}%`;
    node.append(line);
  }
  return node;
}

function laid(node, { start, end }, { place }) {
  const from = Math.min(98, Math.max(0, place(start)));
  const to = Math.max(from, Math.min(100, place(end)));
  node.style.insetInlineStart = `${from}%`;
  node.style.inlineSize = `${Math.max(2, to - from)}%`;
  return node;
}

function block(job, again) {
  const told = [`№ ${job.number}`, named(job), span(job.start, job.end), word("status", job.status), job.late && t("late")].filter(Boolean).join(", ");
  return el(
    "button",
    { type: "button", class: `job job-${job.status}${job.late ? " late" : ""}`, "data-id": job.id, "aria-label": told, title: told, click: () => openJob(job.id, again) },
    el("b", {}, job.number),
    el("span", {}, job.late ? t("late") : `${clock(job.start)} ${word("status", job.status)}`),
  );
}
