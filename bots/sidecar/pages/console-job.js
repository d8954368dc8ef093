// A job and a master, each on a sheet: what is known, why it went so, and what the owner can do about it.
import { call } from "./call.js";
import { closeSheet, deed, moment, openSheet } from "./console-parts.js";
import { openTalk } from "./console-talks.js";
import { address, el, linked, money, named, phoneText, row, span, stamp, t, word } from "./show.js";

const OPEN = ["requested", "quoted", "searching", "accepted", "travelling", "on_site", "working"];
const GIVABLE = ["searching"];

export function reasons(decisions, refusals = []) {
  const told = decisions.map((one) => {
    const title = [el("b", {}, linked(one.title)), " ", el("small", {}, moment(one.at))];
    if (!one.because.length) return el("li", {}, el("p", {}, title));
    return el("li", {}, el("details", {}, el("summary", {}, title), el("ul", {}, one.because.map((line) => el("li", {}, linked(line))))));
  });
  const no = refusals.map((one) => el("li", { class: "no" }, el("p", {}, el("b", {}, one.title), " ", el("small", {}, moment(one.at)))));
  return told.length + no.length ? el("ol", { class: "reasons" }, told, no) : el("p", {}, t("why-none"));
}

const tel = (phone) => phone && el("a", { href: `tel:${phone}` }, phoneText(phone));

export async function openJob(id, again) {
  const get = (path) => call("GET", `/api/v1/${path}`);
  const [job, why, now] = await Promise.all([get(`jobs/${id}`), get(`decisions?job=${id}`), get("board")]);
  const done = () => (closeSheet(), again());
  const talk = why.talk_id;
  openSheet(`№ ${job.number}`, [
    el("p", { class: "stamps" }, stamp(job.status), job.urgency === "urgent" && el("span", { class: "stamp stamp-cancelled" }, t("urgency-urgent"))),
    el(
      "dl",
      { class: "facts" },
      row("what", named(job), job.diagnosis),
      row("when", span(job.start, job.end)),
      row("where", address(job.address)),
      row("who", job.client?.name, tel(job.client?.phone)),
      row("master", job.master?.name ?? (job.offer?.master?.name && t("asked-now", { master: job.offer.master.name })), tel(job.master?.phone)),
      row("price", money(job.payment?.amount ?? job.quote?.price)),
    ),
    el("h3", {}, t("why")),
    unfolded(reasons(why.items, why.refusals)),
    GIVABLE.includes(job.status) && giver(job, now.masters, done),
    job.payment?.status === "succeeded" && refunder(job.payment, done),
    el(
      "div",
      { class: "deeds" },
      talk && el("button", { type: "button", class: "button quiet", click: () => openTalk(talk, again) }, t("read-talk")),
      el("a", { class: "button quiet", href: `/jobs/${id}/page` }, t("file")),
      OPEN.includes(job.status) && deed(t("cancel"), `/api/v1/jobs/${id}/cancel`, { look: "button bad", sure: t("cancel-yes"), done }),
    ),
  ]);
}

// On a job's own sheet the newest decision is open.
function unfolded(list) {
  list.querySelector("details")?.setAttribute("open", "");
  return list;
}

function giver(job, masters, done) {
  const choice = el("select", { "aria-label": t("give-to") }, masters.filter((one) => one.status === "active").map((one) => el("option", { value: one.id }, `${one.name ?? t("unnamed")} ★ ${one.rating.toFixed(1)}`)));
  return [el("h3", {}, t("give")), el("div", { class: "deeds" }, choice, deed(t("give-it"), `/api/v1/jobs/${job.id}/accept`, { body: () => ({ master_id: choice.value }), look: "button", done }))];
}

// The whole of it, or a part in rubles; and why, for the client's receipt and our books.
export function refunder(payment, done) {
  const part = el("input", { inputmode: "decimal", "aria-label": t("refund-part"), placeholder: t("refund-part") });
  const words = el("input", { maxlength: 500, "aria-label": t("refund-words"), placeholder: t("refund-words") });
  const said = el("p", { class: "refusal", role: "alert", hidden: true });
  const body = () => {
    const rubles = Number(part.value.replace(/\s/g, "").replace(",", "."));
    const isBad = Number.isNaN(rubles) || rubles < 0 || !words.value.trim();
    said.textContent = isBad ? t("refund-why") : "";
    said.hidden = !isBad;
    if (isBad) return null;
    return { words: words.value.trim(), ...(rubles > 0 && { amount: Math.round(rubles * 100) }) };
  };
  return el(
    "details",
    { class: "refund" },
    el("summary", {}, t("refund")),
    el("div", { class: "deeds" }, part, words, deed(t("refund-do"), `/api/v1/payments/${payment.payment_id}/refund`, { body, look: "button bad", sure: t("refund-sure"), done })),
    said,
  );
}

export async function openMaster(master, again) {
  const get = (path) => call("GET", `/api/v1/masters/${master.id}${path}`);
  const [profile, hours, devices] = await Promise.all([get(""), get("/schedule"), get("/terminals")]);
  const days = Object.entries(hours.days).filter(([, spans]) => spans.length);
  const told = (iso) => new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" }).format(new Date(`${iso}T00:00Z`));
  const open = (devices.terminals ?? devices.items ?? []).filter((one) => one.status === "active");
  openSheet(master.name ?? t("unnamed"), [
    el(
      "dl",
      { class: "facts" },
      row("state", word("master", profile.status)),
      row("phone", tel(profile.phone)),
      row("rating", `★ ${master.rating.toFixed(1)}`),
      row("trades", (profile.trades ?? []).map((trade) => word("trade", trade)).join(", ")),
      row("balance", money(profile.balance)),
    ),
    el("h3", {}, t("hours-next")),
    days.length ? el("ul", { class: "plain-list" }, days.slice(0, 7).map(([iso, spans]) => el("li", {}, el("b", {}, told(iso)), " ", spans.map((one) => (Array.isArray(one) ? one.join("–") : String(one))).join(", ")))) : el("p", {}, t("hours-empty")),
    el("h3", {}, t("devices")),
    open.length
      ? el("ul", { class: "plain-list" }, open.map((one) => el("li", { class: "deeds" }, t(`device-${one.type}`), deed(t("device-close"), `/api/v1/masters/${master.id}/terminal/${one.terminal_id}/close`, { look: "button bad", sure: t("device-close-sure"), done: () => openMaster(master, again) }))))
      : el("p", {}, t("devices-none")),
    profile.onboarding_id && el("div", { class: "deeds" }, el("button", { type: "button", class: "button quiet", click: () => openTalk(profile.onboarding_id, again) }, t("read-talk"))),
  ]);
}

