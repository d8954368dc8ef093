// What a master earned, what he is paid on Friday, and where to.
import { call, newKey } from "./call.js";
import { day, el, money, named, t, word } from "./show.js";

const PAYOUTS_SHOWN = 5;
const at = (id) => document.getElementById(id);
let seen = null; // what was shown when these figures were read
let banks = null;
let noon = ""; // what makes a moment of a day, on the city's clock

// Reads the figures anew when the day's money has changed; `mark` tells whether it has.
export async function drawEarnings(me, token, mark) {
  if (mark === seen) return;
  seen = mark;
  const path = `/api/v1/masters/${me.master.id}`;
  noon = `T12:00${me.offset}`;
  const [week, paid] = await Promise.all([
    call("GET", `${path}/earnings`, { token }),
    call("GET", `${path}/payouts?limit=${PAYOUTS_SHOWN}`, { token }),
  ]);
  banks ??= (await call("GET", "/api/v1/payout-banks")).items;
  at("week").textContent = money(week.week);
  at("friday").replaceChildren(...friday(week, () => editAccount(me, token)));
  at("earned-jobs").replaceChildren(...jobs(week.jobs));
  at("paid-out").replaceChildren(...payouts(paid.items));
  at("statement").href = `${path}/statement.pdf`;
  at("earnings").hidden = false;
}

function friday({ next_payout: next, payout_to: to, debt }, edit) {
  const change = el("button", { type: "button", class: "button quiet", click: edit }, t(to?.is_chosen ? "payout-change" : "payout-set"));
  return [
    debt.minor
      ? el("p", {}, t("payout-debt", { debt: money(debt) }))
      : el("p", { class: "due" }, t("payout-next", { day: day(`${next.day}${noon}`) }), el("strong", {}, money(next.amount))),
    el("p", { class: "hint" }, to?.is_chosen ? t("payout-where", { where: where(to) }) : t("payout-nowhere")),
    change,
  ];
}

const where = (to) => [to.bank ?? to.bank_id ?? (to.bic && t("payout-bic", to)), to.phone ?? to.account].filter(Boolean).join(", ");

function jobs(list) {
  const line = (job) =>
    el(
      "li",
      {},
      el("span", {}, named(job), el("small", {}, [`№ ${job.number}`, day(job.at), job.method && word("method", job.method)].filter(Boolean).join(" · "))),
      el("strong", {}, money(job.earned)),
    );
  return list.length ? list.map(line) : [el("li", { class: "hint" }, t("week-none"))];
}

function payouts(list) {
  const line = (payout) =>
    el(
      "li",
      {},
      el("span", {}, day(`${payout.day}${noon}`), el("small", {}, [word("payout-state", payout.status), where(payout.goes_to)].join(" · "))),
      el("strong", {}, money(payout.amount)),
    );
  return list.length ? list.map(line) : [el("li", { class: "hint" }, t("payout-none"))];
}

function field(name, more = {}) {
  const id = `payout-${name}`;
  return [el("label", { for: id }, t(name === "bic" ? "payout-bic-ask" : id)), el("input", { id, name, required: true, autocomplete: "off", inputmode: "numeric", ...more })];
}

function fields(destination) {
  if (destination === "account") return [...field("account", { maxlength: 29 }), ...field("bic", { maxlength: 9 })];
  const options = banks.map((bank) => el("option", { value: bank.id }, bank.name));
  return [
    ...field("phone", { type: "tel", inputmode: "tel", placeholder: "+7 911 123-45-67" }),
    el("label", { for: "payout-bank" }, t("payout-bank")),
    el("select", { id: "payout-bank", name: "bank_id", required: true }, options),
  ];
}

function editAccount(me, token) {
  const said = el("p", { class: "refusal", role: "alert", hidden: true });
  const asked = el("div", {}, fields("sbp"));
  const choice = (value) =>
    el(
      "label",
      { class: "radio" },
      el("input", { type: "radio", name: "destination", value, checked: value === "sbp", change: () => asked.replaceChildren(...fields(value)) }),
      t(`payout-by-${value}`),
    );
  const close = () => at("payout-to").replaceChildren();
  const submit = async (event) => {
    event.preventDefault();
    const form = event.target;
    const body = Object.fromEntries(new FormData(form));
    for (const button of form.querySelectorAll("button")) button.disabled = true;
    try {
      await call("PUT", `/api/v1/masters/${me.master.id}/payout-account`, { token, key: newKey(), body });
      seen = null;
      close();
      await drawEarnings(me, token, "changed");
    } catch (failure) {
      said.textContent = failure.message;
      said.hidden = false;
      for (const button of form.querySelectorAll("button")) button.disabled = false;
    }
  };
  const go = el("button", { class: "button" }, t("payout-save"));
  const back = el("button", { type: "button", class: "button quiet", click: close }, t("payout-back"));
  const form = el("form", { submit }, el("fieldset", {}, el("legend", {}, t("payout-how")), choice("sbp"), choice("account")), asked, said, go, back);
  at("payout-to").replaceChildren(form);
  form.querySelector("#payout-phone").focus();
}
