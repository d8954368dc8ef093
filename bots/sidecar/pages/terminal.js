// A master's terminal: what is offered, what to do next, which hours he works. Money is in till.js.
import { call, listen, newKey, tell } from "./call.js";
import { drawDevices } from "./device.js";
import { drawEarnings } from "./earn.js";
import { address, bounds, day, el, keep, kept, money, named, phoneText, row, span, stamp, t, word } from "./show.js";
import { isAsking, isAtTill, tidy, till } from "./till.js";

const NEXT = { accepted: "travel", travelling: "arrive", on_site: "start", working: "finish" };
const FINAL = ["paid", "cancelled", "expired"];
const DAYS_SHOWN = 7;
const POLL_MS = 5_000;
const ASKING_MS = 1_000; // a bank that was asked for a code answers soon

const at = (id) => document.getElementById(id);
const cards = new Map(); // job id → {seen, node}: a card is drawn anew only when its job changed
const deeds = new Set(); // jobs about which something was pressed and is not answered yet
const over = new Set(); // moments that have passed while they were counted down to
const refusals = new Map(); // job id → why the last deed was refused
let me = null;
let poll = 0;

// The token leaves the address at once, so that it is in no history and on no screenshot.
const carried = /[#&]t=([^&]+)/.exec(location.hash);
const opened = /[#&](?:tgWebAppData|WebAppData)=([^&]+)/.exec(location.hash);
if (carried) {
  keep("terminal", decodeURIComponent(carried[1]));
  history.replaceState(null, "", location.pathname + location.search);
}
let token = kept("terminal");

// Inside a messenger the address tells who opened the page, signed. It is good once, and leaves the address too.
if (opened) {
  history.replaceState(null, "", location.pathname + location.search);
  window.TelegramWebviewProxy?.postEvent("web_app_ready", "{}");
  window.TelegramWebviewProxy?.postEvent("web_app_expand", "{}");
}

async function comeIn() {
  if (!opened || carried) return;
  try {
    const body = { init_data: decodeURIComponent(opened[1]) };
    token = (await call("POST", "/api/v1/terminal/enter", { key: newKey(), body })).token;
    keep("terminal", token);
  } catch (failure) {
    if (!token) throw failure; // opened anew by the messenger: the browser still has its terminal
  }
}

// One deed of the master about a job. Its key is kept until it is answered, so pressing twice, or again
// after a lost connection and a reload, is one and the same press.
async function deed(job, name, path, body) {
  if (deeds.has(job.id)) return null;
  deeds.add(job.id);
  refusals.delete(job.id);
  const shelf = `deed.${job.id}.${name}`;
  const before = kept(shelf);
  const press = JSON.stringify(before?.body) === JSON.stringify(body) ? before : { key: newKey(), body };
  keep(shelf, press);
  hold(job.id);
  let answer = null;
  try {
    answer = await call("POST", path, { token, ...press });
  } catch (failure) {
    refusals.set(job.id, failure.message);
  }
  keep(shelf, null);
  deeds.delete(job.id);
  await redraw(job.id);
  return answer;
}

// While a deed is on its way, the buttons of its card wait.
function hold(id) {
  const card = cards.get(id)?.node;
  if (!card) return;
  card.setAttribute("aria-busy", "true");
  for (const button of card.querySelectorAll("button")) button.disabled = true;
}

const redraw = (id) => (cards.delete(id), refresh());

function stepButton(job, action, look) {
  const press = () => deed(job, action, `/api/v1/jobs/${job.id}/${action}`, {});
  return el("button", { type: "button", class: `button ${look}`, click: press }, t(`step-${action}`));
}

const isOver = (job) => FINAL.includes(job.status) && !isAtTill(job);

// How to reach the client, and what is to be done there.
function tools(job) {
  const map = job.address?.map_url;
  const phone = job.client?.phone;
  const link = (name, href, more = {}) => el("a", { class: "button quiet", href, ...more }, t(name));
  return el(
    "div",
    { class: "deeds tools" },
    phone && link("call", `tel:${phone}`),
    map && link("map-short", map, { target: "_blank", rel: "noopener" }),
    link("file-short", `/jobs/${job.id}/page`),
    job.pdf_url && link("pdf", job.pdf_url, { target: "_blank" }),
  );
}

function drawCard(job) {
  const head = el("p", { class: "slip-head" }, el("span", { class: "number" }, `№ ${job.number}`), !job.offer && stamp(job.status));
  const frame = { class: `slip card${job.offer ? " offer" : ""}`, "aria-label": `№ ${job.number}`, "data-job": job.id, tabindex: -1 };
  if (isOver(job)) return el("article", frame, head, [named(job), money(job.payment?.split?.master)].filter(Boolean).join(" · "));

  const isDone = !NEXT[job.status] && !job.offer;
  const steps = job.offer
    ? [stepButton(job, "accept", "main"), stepButton(job, "decline", "quiet")]
    : NEXT[job.status] && stepButton(job, NEXT[job.status], "main");
  const refusal = refusals.get(job.id);
  return el(
    "article",
    frame,
    head,
    el("h3", {}, named(job)),
    job.diagnosis && !isDone && el("p", { class: "hint" }, job.diagnosis),
    !isAtTill(job) && el(
      "dl",
      {},
      isDone ? [] : row("when", span(job.start, job.end), job.urgency === "urgent" && word("urgency", "urgent")),
      isDone ? [] : row("where", address(job.address)),
      job.offer ? [] : row("who", job.client?.name, phoneText(job.client?.phone)),
      row("price", money(job.quote?.price), bounds(job.quote)),
    ),
    !isAtTill(job) && el("p", { class: "payout" }, t("payout"), el("strong", {}, money(job.payout ?? job.split_preview?.master))),
    job.offer && el("p", { class: "left", role: "timer", "data-until": job.offer.until, "data-left": "offer-left", "data-over": "offer-over" }),
    till(job, deed, () => redraw(job.id)),
    refusal && el("p", { class: "refusal", role: "alert" }, refusal),
    !FINAL.includes(job.status) && steps && el("div", { class: "deeds" }, steps),
    !job.offer && !FINAL.includes(job.status) && tools(job),
  );
}

function fill(id, jobs) {
  const section = at(id);
  const place = section.querySelector(".cards");
  const hadFocus = place.contains(document.activeElement);
  const nodes = jobs.map((job) => {
    const seen = JSON.stringify(job);
    if (cards.get(job.id)?.seen !== seen) cards.set(job.id, { seen, node: drawCard(job) });
    if (deeds.has(job.id)) hold(job.id);
    return cards.get(job.id).node;
  });
  section.hidden = !nodes.length;
  if (nodes.length === place.children.length && nodes.every((node, index) => node === place.children[index])) return;
  place.replaceChildren(...nodes);
  if (hadFocus) place.firstElementChild?.focus({ preventScroll: true });
}

async function draw() {
  clearTimeout(poll);
  const { items, today } = await call("GET", "/api/v1/terminal/jobs", { token });
  const [offers, bound] = [items.filter((job) => job.offer), items.filter((job) => !job.offer)];
  tidy(items);
  const current = bound.filter((job) => !isOver(job)).sort((one, other) => (one.start ?? "").localeCompare(other.start ?? ""));
  fill("offers", offers);
  fill("current", current);
  fill("finished", bound.filter(isOver).reverse());
  at("quiet").hidden = offers.length + current.length > 0;
  at("earned").textContent = money(today.earned);
  at("owes").hidden = !today.debt?.minor;
  at("debt").textContent = money(today.debt);
  countDown();
  drawEarnings(me, token, JSON.stringify(today)).catch(shut);
  if (current.some((job) => job.status === "done")) poll = setTimeout(refresh, current.some(isAsking) ? ASKING_MS : POLL_MS);
}

let turn = Promise.resolve();
let next = null; // the reading that has been asked for and has not begun
function refresh() {
  next ??= turn = turn.then(() => ((next = null), draw())).catch(shut);
  return next;
}

function countDown() {
  for (const place of document.querySelectorAll("[data-until]")) {
    const left_s = Math.max(0, Math.floor((Date.parse(place.dataset.until) - Date.now()) / 1000));
    const left = `${Math.floor(left_s / 60)}:${String(left_s % 60).padStart(2, "0")}`;
    place.textContent = left_s ? t(place.dataset.left, { left }) : t(place.dataset.over);
    const id = place.closest("[data-job]").dataset.job;
    if (left_s || over.has(id + place.dataset.until)) continue;
    over.add(id + place.dataset.until);
    redraw(id); // what can be pressed now is something else
  }
}

function drawDays(days = {}) {
  const hours = (spans) => (spans === "day" ? t("hours-day") : spans.map((ends) => ends.map((end) => end ?? "…").join("–")).join(", "));
  const dates = Object.keys(days).sort().slice(0, DAYS_SHOWN);
  const rows = dates.flatMap((date) => [el("dt", {}, day(`${date}T12:00${me.offset}`)), el("dd", {}, hours(days[date]) || t("hours-off"))]);
  at("days").replaceChildren(...rows);
  at("no-days").hidden = rows.length > 0;
}

at("hours").addEventListener("submit", async (event) => {
  event.preventDefault();
  const said = at("hours-said");
  try {
    const body = { text: at("when").value };
    const answer = await call("PATCH", `/api/v1/masters/${me.master.id}/schedule`, { token, key: newKey(), body });
    Object.assign(me.days, answer.days);
    drawDays(me.days);
    event.target.reset();
    said.className = "said-small";
    said.textContent = t("hours-done");
  } catch (failure) {
    said.className = "refusal";
    said.textContent = failure.message;
  }
});

// A link opens this browser's terminal; eight digits are the code that came with a device.
at("enter").addEventListener("submit", async (event) => {
  event.preventDefault();
  const typed = at("link").value.trim();
  const code = typed.replace(/[\s-]/g, "");
  if (!/^\d{8}$/.test(code)) return enter(typed.replace(/^.*[#&?]t=/, ""));
  try {
    return enter((await call("POST", "/api/v1/terminal/activate", { key: newKey(), body: { code } })).token);
  } catch (failure) {
    return refuse(failure.message);
  }
});

function enter(secret) {
  keep("terminal", secret);
  location.reload();
}

function refuse(words) {
  const refusal = at("enter").querySelector(".refusal");
  refusal.hidden = !words;
  refusal.textContent = words;
}

// Without a token that the server knows there is only the door; another failure is told above.
function shut(failure) {
  if (failure && ![401, 403].includes(failure.status)) return tell(failure.message);
  refuse(failure ? (opened ? failure.message : t("token-bad")) : "");
  at("enter").hidden = false;
  at("work").hidden = true;
}

async function begin() {
  me = await call("GET", "/api/v1/terminal/me", { token });
  me.days ??= {};
  drawDevices(me, token, begin);
  at("master").textContent = me.master.name ?? "";
  drawDays(me.days);
  await refresh();
  at("away").hidden = true;
  at("work").hidden = !at("enter").hidden;
}

async function work() {
  await comeIn();
  if (!token) return shut();
  at("away").hidden = navigator.onLine;
  await begin();
  setInterval(countDown, 1000);
  return listen(token, refresh);
}

addEventListener("offline", () => tell(t("no-net")));
addEventListener("online", () => me && refresh());
if (!navigator.onLine) tell(t("no-net"));
navigator.serviceWorker?.register("/terminal-worker.js", { scope: "/terminal" }).catch(() => {});
work()
  .catch(shut)
  .finally(() => at("main").removeAttribute("aria-busy"));
