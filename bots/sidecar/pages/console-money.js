// Payments, whose money is where, and payouts: to give back, to say what became of one.
import { openJob, refunder } from "./console-job.js";
import { deed, empty, moment, openSheet, closeSheet, redraw } from "./console-parts.js";
import { el, money, t, word } from "./show.js";

export function drawMoney(body, facts, again) {
  const { payments, balances, payouts, masters } = facts;
  const names = new Map(masters.map((master) => [`master:${master.id}`, master.name]));
  redraw(body, [payments.items, balances, payouts.items], () => [
    el("div", { class: "pane" }, el("h3", {}, t("payments")), payments.items.length ? el("ul", { class: "lines" }, payments.items.map((one) => payment(one, again))) : empty("payments-none")),
    el("div", { class: "pane" }, el("h3", {}, t("balances")), books(balances, names), el("h3", {}, t("payouts")), payouts.items.length ? el("ul", { class: "lines" }, payouts.items.map((one) => payout(one, names, again))) : empty("payouts-none")),
  ]);
}

function payment(one, again) {
  const split = one.split && [t("share"), money(one.split.master), t("platform"), money(one.split.platform), t("fee"), money(one.split.fee)].join(" ");
  const done = () => (closeSheet(), again());
  const give = () => openSheet(t("refund-of", { number: one.job_number ?? "" }), [el("p", {}, `${money(one.amount)}, ${word("method", one.method)}`), opened(refunder(one, done))]);
  return el(
    "li",
    {},
    el("span", { class: "who" }, el("button", { type: "button", class: "number", "data-id": one.payment_id, click: () => openJob(one.job_id, again) }, `№ ${one.job_number ?? ""}`), el("small", {}, moment(one.at))),
    el("b", { class: "sum" }, money(one.amount)),
    el("span", { class: "last" }, [word("payment", one.status), word("method", one.method), split].filter(Boolean).join(" · ")),
    one.status === "succeeded" && el("button", { type: "button", class: "plain", click: give }, t("refund")),
  );
}

function opened(details) {
  details.open = true;
  return details;
}

function account(name, names) {
  return names.get(name) ?? word("account", name);
}

// Money is never made: all accounts of a currency together are zero, or something is very wrong.
function books({ accounts, total }, names) {
  if (!accounts.length) return empty("books-none");
  const sum = accounts.reduce((all, { balance }) => all + balance.minor, 0);
  const rows = accounts.map((one) => el("tr", {}, el("th", { scope: "row" }, account(one.account, names)), el("td", { class: one.balance.minor < 0 ? "sum owed" : "sum" }, money(one.balance))));
  const foot = el("tr", {}, el("th", { scope: "row" }, t("total"), " ", el("span", { class: sum ? "stamp stamp-cancelled" : "stamp stamp-paid" }, t(sum ? "books-bad" : "books-good"))), el("td", { class: "sum" }, money(total)));
  return el("table", { id: "balances" }, el("caption", { class: "away" }, t("balances")), el("tbody", {}, rows), el("tfoot", {}, foot));
}

function payout(one, names, again) {
  const path = `/api/v1/payouts/${one.payout_id ?? one.id}/end`;
  const isOpen = ["asked", "pending"].includes(one.status ?? one.state);
  return el(
    "li",
    {},
    el("span", { class: "who" }, el("b", {}, one.master?.name ?? account(`master:${one.master_id}`, names)), el("small", {}, one.day ?? "")),
    el("b", { class: "sum" }, money(one.amount)),
    el("span", { class: "last" }, t(`payout-state-${one.status ?? one.state}`), one.reason ? ` · ${one.reason}` : ""),
    isOpen && el("span", { class: "deeds" }, deed(t("payout-done"), path, { body: () => ({ done: true }), look: "plain", sure: t("payout-sure"), done: again }), deed(t("payout-failed"), path, { body: () => ({ done: false }), look: "plain bad", sure: t("payout-sure"), done: again })),
  );
}
