// Taking the money for a finished job: amount, method, cash in hand, code to scan, change, receipt.
import { bounds, el, keep, kept, money, t } from "./show.js";

const OPEN = ["created", "awaiting_consent", "pending", "unknown"];
const CHARGED = ["awaiting_consent", "pending", "unknown"];
const METHODS = ["cash", "card", "sbp"];
const SETTLES_MS = 10 * 60_000; // this long before a code dies nobody may take anything else in its place
const QR_PX = 264;

// Why a payment failed, by the words that providers use for it. The first that fits is told.
const REASONS = {
  funds: /insufficient|not_?enough|1051|^116$/,
  card: /card_?expired|expired_?card|invalid_?c|csc|cvv|3d/,
  limit: /limit/,
  fraud: /fraud|stolen|lost_card|restricted/,
  down: /provider_down|not_arrived|issuer|unavailable|malfunction/,
  late: /expire|timeout|deadline/,
  amount: /amount_mismatch/,
  cancelled: /cancel|void/,
};

const at = kept("till") ?? {}; // job id → which form is open there; kept, so that a receipt outlives a closed page
const set = (job, form) => (form ? (at[job.id] = form) : delete at[job.id], keep("till", at));

export const isAtTill = (job) => job.id in at || CHARGED.includes(job.payment?.status);

// Whether the bank has been asked and has not yet said where to pay.
export const isAsking = ({ payment }) => payment?.status === "pending" && !payment.confirmation_url && !payment.qr_payload;

// Forgets jobs that are not on the screen any more.
export function tidy(jobs) {
  const shown = new Set(jobs.map((job) => job.id));
  for (const id of Object.keys(at)) if (!shown.has(id)) delete at[id];
  keep("till", at);
}

// Rubles as people write them, "2 940,50", in kopecks; NaN when that is no amount.
export function kopecks(text) {
  const found = /^(\d{1,8})(?:[.,](\d{1,2}))?$/.exec(text.replace(/[\s₽]/g, ""));
  return found ? Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : NaN;
}

const rubles = (minor) => (minor % 100 ? (minor / 100).toFixed(2).replace(".", ",") : String(minor / 100));

const button = (words, click, look = "") => el("button", { type: "button", class: `button ${look}`, click }, words);
const due = (name, amount) => el("p", { class: "due" }, t(name), el("strong", {}, money(amount)));

function amountForm(id, label, minor, hint, act, ...rest) {
  const said = el("p", { class: "hint", id: `${id}-hint`, role: "status" }, hint);
  const value = minor ? rubles(minor) : "";
  const field = el("input", { id, value, inputmode: "decimal", autocomplete: "off", enterkeyhint: "done", "aria-describedby": said.id });
  const submit = (event) => {
    event.preventDefault();
    if (kopecks(field.value) > 0) act(kopecks(field.value));
    else said.textContent = t("amount-bad");
  };
  const input = () => (said.textContent = typeof hint === "function" ? hint(kopecks(field.value)) : hint);
  if (typeof hint === "function") said.textContent = hint(minor);
  return el("form", { submit, input, novalidate: true }, rest, el("label", { for: id }, label), field, said);
}

// The part of a job's card where money is taken. `deed` calls once however often it is pressed and
// returns the answer, or null after showing why not; `redraw` shows the card anew.
export function till(job, deed, redraw) {
  const payment = job.payment ?? {};
  const go = (form) => (set(job, form), redraw());
  if (payment.status === "succeeded") return isAtTill(job) && receipt(payment, () => go(null));
  if (job.status !== "done") return null;
  const open = async (amount) => {
    const body = amount === job.quote?.price?.minor ? { job_id: job.id } : { job_id: job.id, amount };
    return deed(job, "initialize", "/api/v1/terminal/payment/initialize", body);
  };
  // A payment that failed is over: the next try is a payment of its own, over the same amount.
  const pay = async (method, more = {}) => {
    const standing = OPEN.includes(payment.status) ? payment : await open(payment.amount.minor);
    if (standing?.status === "awaiting_consent" || !standing) return go("methods");
    set(job, method);
    const body = { payment_id: standing.payment_id, ...more };
    const answer = await deed(job, `${standing.payment_id}.${method}`, `/api/v1/terminal/payment/${method}`, body);
    return answer && redraw();
  };
  const till = { job, payment, form: at[job.id], go, pay };

  if (payment.status === "awaiting_consent") return awaiting(payment);
  if (payment.status === "unknown") return unknown(till);
  if (till.form === "cash" && payment.status) return cashForm(till);
  if (payment.status === "pending" && till.form !== "methods") return showCode(till);
  if (till.form === "amount" || !payment.status || payment.status === "cancelled") return askAmount(till, open);
  return chooseMethod(till);
}

function askAmount({ job, payment, go }, open) {
  const price = payment.amount ?? job.quote?.price;
  const facts = { price: money(job.quote?.price), bounds: bounds(job.quote) };
  const hint = t(facts.bounds ? "amount-hint" : "amount-hint-plain", facts);
  const refused = payment.status === "cancelled" && el("p", { class: "refusal" }, t("pay-refused"));
  const ask = async (minor) => (await open(minor)) && go("methods");
  const form = amountForm(`amount-${job.id}`, t("amount"), (refused ? job.quote?.price : price)?.minor, hint, ask, refused);
  form.append(el("button", { class: "button" }, t("collect")));
  return form;
}

function chooseMethod({ payment, go, pay }) {
  const isOver = payment.status === "failed";
  const open = isOver ? METHODS : payment.methods ?? ["cash"];
  const choose = (method) =>
    el(
      "button",
      { type: "button", class: "method", "data-method": method, click: () => (method === "cash" ? go("cash") : pay(method)) },
      el("strong", {}, t(`pay-${method}`)),
      el("span", {}, t(`pay-${method}-means`)),
    );
  const isPending = payment.status === "pending";
  return el(
    "div",
    { class: "tear till" },
    isOver && el("p", { class: "refusal", role: "alert" }, el("strong", {}, t("pay-failed")), " ", why(payment.reason)),
    due("to-pay", payment.amount),
    METHODS.filter((method) => open.includes(method)).map(choose),
    !open.includes("cash") && el("p", { class: "hint" }, t("pay-cash-shut")),
    isPending
      ? button(t("pay-back"), () => go(payment.method), "quiet")
      : button(t("pay-amount"), () => go("amount"), "quiet"),
  );
}

export function why(reason) {
  const said = String(reason ?? "").toLowerCase().replace(/[^a-z0-9]+/g, "_");
  const known = Object.keys(REASONS).find((name) => REASONS[name].test(said));
  return t(`why-${known ?? "declined"}`);
}

function cashForm({ job, payment, go, pay }) {
  const change = (minor) => (minor > payment.amount.minor ? t("change-now", { change: rubles(minor - payment.amount.minor) }) : "");
  const take = (minor) => pay("cash", { amount_received: minor });
  const form = amountForm(`cash-${job.id}`, t("received"), payment.amount.minor, change, take, due("to-pay", payment.amount));
  form.append(el("button", { class: "button" }, t("received-go")), button(t("pay-other"), () => go("methods"), "quiet"));
  return form;
}

// The client pays by himself: by the code on this screen, or by the link in his talk.
function showCode(till) {
  const { payment, go } = till;
  const { method, expires_at: until } = payment;
  const isShown = payment.qr_svg_url || payment.confirmation_url;
  if (Date.parse(until) <= Date.now()) return codeIsOver(till);
  const src = `/api/v1/terminal/payment/${payment.payment_id}/qr.svg`;
  return el(
    "div",
    { class: "tear till", role: "status" },
    due("to-pay", payment.amount),
    isShown
      ? el("img", { class: "qr", src, alt: t(`qr-${method}`), width: QR_PX, height: QR_PX })
      : el("p", { class: "hint busy" }, t("pay-asking")),
    isShown && el("p", { class: "hint" }, t(`pay-${method}-now`)),
    isShown && el("p", { class: "left", role: "timer", "data-until": until, "data-left": "pay-left", "data-over": "pay-over" }),
    isShown && el("p", { class: "hint busy" }, t("pay-wait")),
    payment.confirmation_url && el("a", { class: "plain", href: payment.confirmation_url, target: "_blank", rel: "noopener" }, t("pay-open")),
    button(t("pay-other"), () => go("methods"), "quiet"),
  );
}

function codeIsOver({ payment, go, pay }) {
  return el(
    "div",
    { class: "tear till" },
    due("to-pay", payment.amount),
    el("p", { class: "refusal" }, t("pay-over")),
    button(t("pay-again"), () => pay(payment.method)),
    button(t("pay-other"), () => go("methods"), "quiet"),
  );
}

// Nobody knows whether the client has paid. Until that is known, nothing else is taken.
function unknown(till) {
  const { payment, go, form } = till;
  const until = new Date(Date.parse(payment.expires_at) - SETTLES_MS);
  const wasShown = payment.confirmation_url || payment.qr_payload; // else nobody can have paid
  const isSettled = !wasShown || Date.now() >= until;
  if (isSettled && form === "methods") return chooseMethod(till);
  if (isSettled && form === "cash") return cashForm(till);
  return el(
    "div",
    { class: "tear till", role: "status" },
    due("to-pay", payment.amount),
    el("p", { class: "refusal" }, el("strong", {}, t("pay-unknown")), " ", t("pay-unknown-text")),
    el("p", { class: "hint busy" }, t("pay-unknown-wait")),
    !isSettled && el("p", { class: "hint", role: "timer", "data-until": until.toISOString(), "data-left": "pay-unknown-left", "data-over": "pay-unknown-wait" }),
    isSettled && button(t("pay-other"), () => go("methods"), "quiet"),
  );
}

function awaiting(payment) {
  return el(
    "div",
    { class: "tear till", role: "status" },
    el("strong", { class: "busy" }, t("awaiting", { amount: money(payment.amount) })),
    el("p", { class: "hint" }, t("awaiting-text")),
  );
}

function receipt(payment, hide) {
  return el(
    "div",
    { class: "tear till", role: "status" },
    due("paid-title", payment.amount),
    el("p", { class: "hint" }, t(`paid-${payment.method}`)),
    payment.change?.minor > 0 && due("change", payment.change),
    due("paid-yours", payment.split?.master),
    button(t("next"), hide),
  );
}
