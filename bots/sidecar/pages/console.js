// The owner's view: jobs, queue, talks, payments, accounts, and why each job went as it went.
import { call, listen, newKey, tell } from "./call.js";
import { address, clock, day, el, lang, money, named, row, span, stamp, t, word } from "./show.js";

const OPEN = ["requested", "quoted", "searching", "accepted", "travelling", "on_site", "working"];
const DEPTH_MAX = 6;

const at = (id) => document.getElementById(id);
const dialog = at("job");
const moment = (iso) => iso && `${day(iso)}, ${clock(iso)}`;
const opener = (id, label) => id && el("button", { type: "button", click: () => openJob(id) }, label || "…");
// What the owner writes is said in the talk, in his name; an empty line only closes the ticket.
const answerer = (id) => {
  const words = el("input", { name: "words", maxlength: 1000, "aria-label": t("answer") });
  const form = el("form", {}, words, el("button", { class: "plain" }, t("close")));
  const key = newKey();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await call("POST", `/api/v1/tickets/${id}/close`, { key, body: words.value ? { text: words.value } : {} });
      readAll();
    } catch (failure) {
      tell(failure.message);
    }
  });
  return form;
};
const master = (job) => job.master?.name ?? job.offer?.master?.name ?? "";
const cell = (content, look) => ({ content, look });

// Each board: where its rows come from and what its columns say of one row.
const BOARDS = [
  {
    name: "jobs",
    path: "/api/v1/jobs?limit=30",
    columns: {
      number: (job) => opener(job.id, job.number),
      state: (job) => stamp(job.status),
      what: named,
      when: (job) => span(job.start, job.end),
      master,
      price: (job) => cell(money(job.quote?.price), "sum"),
    },
  },
  {
    name: "queue",
    path: "/api/v1/queue",
    columns: {
      when: (letter) => moment(letter.due),
      what: (letter) => letter.kind,
      lane: (letter) => (letter.lane?.startsWith("job:") ? opener(letter.lane.slice(4), letter.lane) : letter.lane),
      state: (letter) => word("letter", letter.status),
      tries: (letter) => cell([letter.attempts, letter.error].filter(Boolean).join(": ")),
    },
  },
  {
    name: "tickets",
    path: "/api/v1/tickets",
    columns: {
      at: (ticket) => moment(ticket.created_at),
      what: (ticket) => word("ticket", ticket.kind),
      words: (ticket) => ticket.words,
      job: (ticket) => opener(ticket.job_id, ticket.job_number),
      answer: (ticket) => answerer(ticket.id),
    },
  },
  {
    name: "talks",
    path: "/api/v1/talks?limit=20",
    columns: {
      at: (talk) => moment(talk.heard_at),
      channel: (talk) => [talk.channel, talk.lang].join(", "),
      what: (talk) => word("kind", talk.kind),
      state: (talk) => [word("talk", talk.status), talk.step].filter(Boolean).join(": "),
      job: (talk) => opener(talk.job_id, t("open")),
    },
  },
  {
    name: "payments",
    path: "/api/v1/payments?limit=20",
    columns: {
      at: (payment) => moment(payment.created_at),
      job: (payment) => opener(payment.job_id, t("open")),
      method: (payment) => [word("method", payment.method), word("payment", payment.status)].filter(Boolean).join(", "),
      sum: (payment) => cell(money(payment.amount), "sum"),
      fee: (payment) => cell(money(payment.split?.fee), "sum"),
      platform: (payment) => cell(money(payment.split?.platform), "sum"),
      share: (payment) => cell(money(payment.split?.master), "sum"),
    },
  },
  {
    name: "balances",
    path: "/api/v1/balances",
    columns: {
      account: (account) => [account.account, account.name].filter(Boolean).join(" · "),
      balance: (account) => cell(money(account.balance), "sum"),
    },
  },
];

function tableRow(columns, item) {
  return el(
    "tr",
    {},
    Object.entries(columns).map(([name, say]) => {
      const said = say(item) ?? "";
      const { content, look } = said.look ? said : cell(said);
      return el("td", { class: look, "data-name": t(name) }, content);
    }),
  );
}

// Money is never made: all accounts of a currency together are zero, or something is very wrong.
function sums(accounts) {
  const totals = {};
  for (const { balance } of accounts) totals[balance.currency] = (totals[balance.currency] ?? 0) + balance.minor;
  return Object.entries(totals).map(([currency, minor]) => {
    const look = minor ? "stamp stamp-cancelled" : "stamp stamp-paid";
    const text = `${(minor / 100).toLocaleString(document.documentElement.lang)} ${currency}`;
    const total = el("td", { "data-name": "" }, t("total"), " ", el("span", { class: look }, t(minor ? "books-bad" : "books-good")));
    return el("tr", {}, total, el("td", { class: "sum", "data-name": t("balance") }, text));
  });
}

function board({ name, path, columns }) {
  const body = el("tbody");
  const foot = el("tfoot");
  const count = el("b");
  const heads = Object.keys(columns).map((column) => el("th", { scope: "col", class: ["price", "sum", "fee", "platform", "share", "balance"].includes(column) && "sum" }, t(column)));
  const empty = el("p", { class: "empty" }, t("empty"));
  const table = el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": t(name) }, el("table", {}, el("thead", {}, el("tr", {}, heads)), body, foot));
  const more = el("button", { type: "button", class: "plain" }, t("more"));
  at("index").append(el("a", { href: `#${name}` }, t(name), " ", count));
  at("boards").append(el("section", { class: "board", id: name }, el("h2", {}, t(name)), table, empty, more));
  let after = null;
  async function read(from) {
    const answer = await call("GET", from ? `${path}&after=${encodeURIComponent(from)}` : path);
    const items = answer.items ?? answer.accounts ?? [];
    const rows = items.map((item) => tableRow(columns, item));
    if (from) body.append(...rows);
    else body.replaceChildren(...rows);
    if (answer.accounts) foot.replaceChildren(...sums(answer.accounts));
    after = answer.next;
    more.hidden = !after;
    count.textContent = body.rows.length || "";
    table.hidden = !body.rows.length;
    empty.hidden = body.rows.length > 0;
  }
  more.addEventListener("click", () => read(after));
  return read;
}

// Anything the program wrote down, as a person can read it.
function tree(value, depth = 0) {
  if (value === null || value === undefined) return "—";
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (/^\d{4}-\d\d-\d\dT\d\d:/.test(value)) return new Date(value).toLocaleString(lang);
  if (typeof value !== "object" || depth > DEPTH_MAX) return String(value);
  if (value.text && "minor" in value) return value.text;
  const pairs = Object.entries(value);
  if (Array.isArray(value) && value.every((one) => typeof one !== "object")) return value.join(", ") || "—";
  return el("dl", {}, pairs.flatMap(([name, one]) => [el("dt", {}, Array.isArray(value) ? `${Number(name) + 1}.` : word("", name).replaceAll("_", " ")), el("dd", {}, tree(one, depth + 1))]));
}

async function openJob(id) {
  const [job, decisions] = await Promise.all([call("GET", `/api/v1/jobs/${id}`), call("GET", `/api/v1/decisions?job=${id}`)]);
  const close = el("button", { type: "button", class: "button quiet", click: () => dialog.close() }, t("close"));
  const refusal = el("p", { class: "refusal", role: "alert", hidden: true });
  const key = newKey();
  const cancel = el("button", { type: "button", class: "button bad" }, t("cancel"));
  cancel.addEventListener("click", async () => {
    if (!cancel.dataset.sure) {
      cancel.dataset.sure = "yes";
      cancel.textContent = t("cancel-yes");
      refusal.textContent = t("cancel-sure", job);
      refusal.hidden = false;
      return;
    }
    cancel.disabled = true;
    try {
      await call("POST", `/api/v1/jobs/${id}/cancel`, { key, body: {} });
      dialog.close();
      readAll();
    } catch (failure) {
      refusal.textContent = failure.message;
    }
  });
  const why = decisions.items.map((one) =>
    el(
      "details",
      { class: "decision" },
      el("summary", {}, word("decision", one.kind), " ", el("small", {}, moment(one.at))),
      el("h3", {}, t("outcome")),
      el("div", { class: "sheet tree" }, tree(one.outcome)),
      el("h3", {}, t("inputs")),
      el("div", { class: "sheet tree" }, tree(one.inputs)),
    ),
  );
  why[0]?.setAttribute("open", "");
  dialog.replaceChildren(
    el("div", { class: "slip-head" }, el("h2", { id: "job-name", class: "number" }, `№ ${job.number}`), stamp(job.status)),
    el(
      "div",
      { class: "sheet" },
      el(
        "dl",
        {},
        row("what", named(job), job.diagnosis),
        row("when", span(job.start, job.end)),
        row("where", address(job.address)),
        row("who", job.client?.name, job.client?.phone),
        row("master", master(job)),
        row("price", money(job.payment?.amount ?? job.quote?.price)),
      ),
    ),
    el("h3", {}, t("why")),
    ...(why.length ? why : [el("p", {}, t("why-none"))]),
    refusal,
    el("div", { class: "deeds" }, el("a", { class: "button quiet", href: `/jobs/${id}/page` }, t("file")), OPEN.includes(job.status) && cancel, close),
  );
  if (!dialog.open) dialog.showModal();
}

const reads = BOARDS.map(board);
let turn = Promise.resolve();
let isQueued = false;
function readAll() {
  if (isQueued) return turn;
  isQueued = true;
  turn = turn.then(async () => {
    isQueued = false;
    const health = await call("GET", "/health");
    at("health").textContent = t("active-jobs", { jobs: health.active_jobs ?? 0 });
    await Promise.all(reads.map((read) => read()));
    at("open").hidden = false;
  });
  turn = turn.catch(({ message, status }) => {
    at("closed").hidden = ![401, 403].includes(status);
    if (at("closed").hidden) tell(message);
  });
  return turn;
}
readAll().then(() => at("closed").hidden && listen(undefined, readAll));
