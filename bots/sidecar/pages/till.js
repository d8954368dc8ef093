// Taking the money for a finished job: amount, method, cash in hand, change, receipt.
import { bounds, el, money, t } from "./show.js";

const ENDED = { failed: "pay-failed", cancelled: "pay-refused" };
const WAITING = ["awaiting_consent", "pending", "unknown"];
const told = new Map(); // job id → its payment as last answered: a list of jobs tells neither methods nor change

export const isAtTill = (job) => told.has(job.id);

function paymentOf(job) {
  const known = told.get(job.id);
  if (!job.payment || known?.payment_id !== job.payment.payment_id) return job.payment ?? known ?? {};
  return { ...job.payment, ...known, status: job.payment.status, amount: job.payment.amount };
}

// Rubles as people write them, "2 940,50", in kopecks; NaN when that is no amount.
export function kopecks(text) {
  const found = /^(\d{1,8})(?:[.,](\d{1,2}))?$/.exec(text.replace(/[\s₽]/g, ""));
  return found ? Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : NaN;
}

const rubles = (minor) => (minor % 100 ? (minor / 100).toFixed(2).replace(".", ",") : String(minor / 100));

function amountForm(id, label, minor, hint, act, ...rest) {
  const said = el("p", { class: "hint", id: `${id}-hint`, role: "status" }, hint);
  const value = minor ? rubles(minor) : "";
  const field = el("input", { id, value, inputmode: "decimal", autocomplete: "off", "aria-describedby": said.id });
  const submit = (event) => {
    event.preventDefault();
    if (kopecks(field.value) > 0) act(kopecks(field.value), event.target);
    else said.textContent = t("amount-bad");
  };
  const input = () => (said.textContent = typeof hint === "function" ? hint(kopecks(field.value)) : hint);
  if (typeof hint === "function") said.textContent = hint(minor);
  return el("form", { submit, input, novalidate: true }, rest, el("label", { for: id }, label), field, said);
}

// The part of a job's card where money is taken. `deed` calls once however often it is pressed and
// returns the answer, or null after showing why not; `redraw` shows the card anew.
export function till(job, deed, redraw) {
  const payment = paymentOf(job);
  const keep = (answer) => answer && (told.set(job.id, { ...told.get(job.id), ...answer }), redraw());
  const pay = async (method, more, place) => {
    const body = { payment_id: payment.payment_id, ...more };
    keep(await deed(`${payment.payment_id}.${method}`, `/api/v1/terminal/payment/${method}`, body, place));
  };
  if (payment.status === "succeeded") return told.has(job.id) && receipt(payment, () => (told.delete(job.id), redraw()));
  if (job.status !== "done") return null;
  if (WAITING.includes(payment.status)) return waiting(payment);
  if (payment.status === "created") return methodsForm(job, payment, pay);

  const price = job.quote?.price;
  const hint = t(bounds(job.quote) ? "amount-hint" : "amount-hint-plain", { price: money(price), bounds: bounds(job.quote) });
  const open = async (minor, place) => {
    const body = minor === price?.minor ? { job_id: job.id } : { job_id: job.id, amount: minor };
    keep(await deed(`${job.id}.initialize`, "/api/v1/terminal/payment/initialize", body, place));
  };
  const ended = ENDED[payment.status] && el("p", { class: "refusal" }, t(ENDED[payment.status]));
  const form = amountForm(`amount-${job.id}`, t("amount"), price?.minor, hint, open, ended);
  form.append(el("button", { class: "button" }, t("collect")));
  return form;
}

function methodsForm(job, payment, pay) {
  const methods = payment.methods ?? ["cash"];
  const due = el("p", { class: "due" }, t("to-pay"), el("strong", {}, money(payment.amount)));
  const others = methods
    .filter((method) => method !== "cash")
    .map((method) => el("button", { type: "button", class: "button quiet", click: ({ target }) => pay(method, {}, target.form) }, t(`pay-${method}`)));
  if (!methods.includes("cash")) return el("form", {}, due, others);
  const change = (minor) => (minor > payment.amount.minor ? t("change-now", { change: rubles(minor - payment.amount.minor) }) : "");
  const take = (minor, place) => pay("cash", { amount_received: minor }, place);
  const form = amountForm(`cash-${job.id}`, t("received"), payment.amount.minor, change, take, due);
  form.append(el("button", { class: "button" }, t("received-go")), ...others);
  return form;
}

function waiting(payment) {
  const isClient = payment.status === "awaiting_consent";
  return el(
    "div",
    { class: "tear", role: "status" },
    el("strong", {}, isClient ? t("awaiting", { amount: money(payment.amount) }) : t("pay-wait")),
    isClient && el("p", { class: "hint" }, t("awaiting-text")),
    payment.qr_svg_url && el("img", { src: payment.qr_svg_url, alt: "QR", width: 240, height: 240 }),
    payment.confirmation_url && el("a", { class: "button quiet", href: payment.confirmation_url, target: "_blank" }, t("pay-open")),
  );
}

function receipt(payment, hide) {
  const line = (name, amount) => el("p", { class: "due" }, t(name), el("strong", {}, money(amount)));
  return el(
    "div",
    { class: "tear", role: "status" },
    line("paid-title", payment.amount),
    payment.change?.minor > 0 && line("change", payment.change),
    line("paid-yours", payment.split?.master),
    el("button", { type: "button", class: "button", click: hide }, t("next")),
  );
}
