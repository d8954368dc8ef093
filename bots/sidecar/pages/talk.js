// The talk of a client or of a future master: words, choices, times with prices, a slip that fills itself in.
import { call, listen, newKey, tell } from "./call.js";
import { drawDoors } from "./doors.js";
import { address, bounds, clock, day, el, keep, kept, lang, linked, money, row, span, stamp, t, word } from "./show.js";

const PHOTO_MAX_BYTES = 20 * 1024 * 1024;
const TALKS_MAX = 10;
const OURS = ["naryad", "owner"]; // who speaks on our side: the program, or a person
const WAY = ["accepted", "travelling", "on_site", "working", "done", "paid"];

const { kind, shelf } = document.body.dataset;
const [log, form, words, picker, typing, slip, others] = ["log", "form", "words", "picker", "typing", "slip", "others"].map(
  (id) => document.getElementById(id),
);
const talks = kept(shelf) ?? [];

// A link that carries a talk's key opens that talk; the key leaves the address at once.
const carried = /[#&]c=(c\.([\w-]+)\.[\w-]+)/.exec(location.hash);
if (carried) {
  history.replaceState(null, "", location.pathname + location.search);
  const [, token, id] = carried;
  const before = talks.findIndex((one) => one.id === id);
  const [known] = before < 0 ? [] : talks.splice(before, 1);
  talks.unshift({ start: { at: new Date().toISOString() }, ...known, id, token });
}
const talk = talks[0] ?? (talks[0] = {});
const photos = new Map(); // of unsent messages, by their key; a reload forgets them
const bubbles = new Map(); // unsent messages on the screen, by their key
let seen = 0; // seq of the last message on the screen
let lastDay = "";

let isLeaving = false; // for another talk: what still arrives here must not undo the choice
const save = () => isLeaving || keep(shelf, talks.slice(0, TALKS_MAX));
const ask = (method, what, more) => call(method, `/api/v1/ai/conversation/${talk.id}/${what}`, { token: talk.token, ...more });

// On the screen.

function put(node) {
  const isNear = log.scrollHeight - log.scrollTop - log.clientHeight < 200;
  log.insertBefore(node, typing);
  if (isNear || node.matches(".own")) log.scrollTop = log.scrollHeight;
  return node;
}

const refuse = (text, place = log) => place.insertBefore(el("p", { class: "refusal", role: "alert" }, text), place === log ? typing : null);

function choiceButton({ label, choice }, said) {
  const slot = talk.slots?.[choice];
  const press = () => {
    settle(said, label);
    send({ text: label, body: { choice } });
    log.focus({ preventScroll: true });
  };
  if (!slot) return el("button", { type: "button", class: "choice", click: press }, label);
  return el(
    "button",
    { type: "button", class: "slot", click: press },
    el("span", { class: "slot-day" }, day(slot.start)),
    el("span", { class: "slot-time" }, clock(slot.start), slot.end && el("small", {}, `–${clock(slot.end)}`)),
    el("span", { class: "slot-price" }, money(slot.quote?.price)),
    el("span", { class: "slot-bounds" }, bounds(slot.quote)),
  );
}

function settle(said, label) {
  said.classList.add("old");
  said.querySelectorAll("button").forEach((button, index) => {
    button.disabled = true;
    button.setAttribute("aria-pressed", String(said.labels[index] === label));
  });
}

function bubble({ from, text, at, buttons = [], media = [] }) {
  const isHuman = from === "owner";
  const isOurs = from === "naryad" || isHuman;
  const said = el("div", { class: isOurs ? "said" : "said own" }, el("span", { class: isHuman ? "human" : "away" }, `${t(isHuman ? "human" : isOurs ? "brand" : "you")}: `));
  said.labels = buttons.map((button) => button.label);
  for (const file of media) said.append(file.url ? el("img", { src: file.url, alt: t("photo") }) : el("p", {}, `📎 ${file.name ?? t("photo")}`));
  if (text) said.append(el("p", {}, linked(text)));
  const choices = buttons.map((button) => choiceButton(button, said));
  if (choices.length) said.append(el("div", { class: "choices", role: "group", "aria-label": t("choices") }, choices));
  if (at) said.append(el("time", { datetime: at }, clock(at)));
  return said;
}

function show(message) {
  seen = message.seq;
  if (day(message.at) !== lastDay) put(el("p", { class: "day" }, (lastDay = day(message.at))));
  if (!OURS.includes(message.from)) {
    const asked = [...log.querySelectorAll(".said:not(.own):not(.old)")].filter((said) => said.labels.length);
    const answered = asked.findLast((said) => said.labels.includes(message.text));
    if (answered) settle(answered, message.text);
    for (const said of asked) said.classList.add("old"); // still pressable: it may be news that waits for an answer
  }
  const said = put(bubble(message));
  const before = [...log.querySelectorAll(".said:not(.own):not(.old)")].filter((one) => one !== said);
  for (const one of before) if (one.labels.some((label) => said.labels.includes(label))) one.classList.add("old");
}

async function drawSlip() {
  const job = talk.job_id ? await call("GET", `/api/v1/jobs/${talk.job_id}`, { token: talk.token }) : {};
  const { identity = {}, category, time } = talk.understood ?? {};
  const status = talk.job_id ? job.status : "";
  const quote = job.quote ?? talk.quote;
  const wanted = (time?.results ?? time)?.[0]?.start;
  const master = job.master && [job.master.name, job.master.rating && `★ ${job.master.rating}`].filter(Boolean).join(" ");
  const number = job.number ?? talk.job_number;
  const price = money(job.payment?.amount ?? quote?.price) || bounds(quote);
  slip.querySelector(".number")?.replaceChildren(number ? `№ ${number}` : "№ ____");
  slip.querySelector(".brief").replaceChildren(...[price, stamp(status)].filter(Boolean));
  const rows =
    kind === "client_request"
      ? [
          row("what", job.title ?? word("trade", job.trade ?? category), job.diagnosis),
          row("where", address(job.address ?? identity)),
          row("when", span(job.start, job.end) || (wanted && day(wanted))),
          row("who", [job.client?.name ?? identity.name ?? identity.first, job.client?.phone ?? identity.phone].filter(Boolean).join(", ")),
          row("master", master),
          row("price", price, price === bounds(quote) ? "" : bounds(quote)),
        ]
      : [
          row("name", identity.name ?? [identity.first, identity.last].filter(Boolean).join(" ")),
          row("phone", identity.phone),
          row("city", identity.city),
          row("trades", (identity.trades ?? []).map((trade) => word("trade", trade)).join(", ")),
        ];
  slip.querySelector("dl").replaceChildren(...rows.flat());
  const way = slip.querySelector(".way");
  const at = WAY.indexOf(status);
  way.hidden = at < 0;
  way.replaceChildren(...WAY.map((one, index) => el("li", { class: index <= at ? "done" : "", "aria-current": index === at && "step" }, word("status", one))));
}

// What the server knows.

function learn(answer) {
  for (const name of ["understood", "quote", "job_id", "job_number"]) talk[name] = answer[name] ?? talk[name];
  if (answer.slots) talk.slots = Object.fromEntries(answer.slots.map((slot) => [slot.choice, slot]));
  save();
}

async function read() {
  const answer = await ask("GET", `transcript?after=${seen}`);
  learn(answer);
  const fresh = answer.messages.filter((message) => message.seq > seen);
  fresh.forEach(show);
  if (fresh.length && document.hidden) document.title = document.title.replace(/^(● )?/, "● ");
  drawSlip().catch(({ message }) => tell(message));
  return fresh.some((message) => !OURS.includes(message.from));
}

let turn = Promise.resolve(); // one thing at a time: news is not read while own words are on their way
let isQueued = false;
function refresh() {
  if (isQueued) return;
  isQueued = true;
  turn = turn.then(() => ((isQueued = false), read())).catch(({ message }) => tell(message));
}

function send(item) {
  talk.unsent.push({ key: newKey(), ...item });
  save();
  deliver(talk.unsent.at(-1));
}

function deliver(item) {
  bubbles.set(item.key, put(bubble({ text: item.text })));
  turn = turn.then(async () => {
    const slow = setTimeout(() => {
      typing.hidden = false;
      log.scrollTop = log.scrollHeight;
    }, 350);
    let refusal = "";
    try {
      learn(await ask("POST", item.photo ? "media" : "message", { key: item.key, body: photos.get(item.key) ?? item.body }));
    } catch (failure) {
      refusal = failure.message;
    }
    clearTimeout(slow);
    typing.hidden = true;
    talk.unsent.shift();
    save();
    const isHeard = await read();
    if (isHeard || !refusal) bubbles.get(item.key).remove();
    else refuse(refusal, bubbles.get(item.key));
  });
  turn = turn.catch((failure) => refuse(failure.message));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = words.value.trim();
  if (!text || !talk.id) return;
  form.reset();
  send({ text, body: { text } });
});
words.addEventListener("keydown", (event) => {
  const isPhone = matchMedia("(pointer: coarse)").matches;
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || isPhone) return;
  event.preventDefault();
  form.requestSubmit();
});
picker.addEventListener("change", () => {
  for (const file of picker.files) {
    if (file.size > PHOTO_MAX_BYTES) refuse(t("photo-big"));
    else {
      const key = newKey();
      photos.set(key, new FormData());
      photos.get(key).append("file", file);
      send({ key, text: `📎 ${file.name}`, photo: true });
    }
  }
  picker.value = "";
});

function turnTo(next, others = talks) {
  isLeaving = true;
  keep(shelf, [next, ...others.filter((one) => one !== next && one.id)]);
  location.reload();
}
document.getElementById("new").addEventListener("click", () => turnTo({}));
others.addEventListener("change", () => turnTo(talks[others.value]));
document.addEventListener("visibilitychange", () => (document.title = document.title.replace(/^● /, "")));

async function begin() {
  const query = new URLSearchParams(location.search);
  const source = query.get("src") ?? query.get("source") ?? undefined;
  talk.start ??= { key: newKey(), at: new Date().toISOString(), body: { channel: "web", kind, lang, source } };
  talk.unsent = (talk.unsent ?? []).filter((item) => !item.photo);
  save();
  if (!talk.id) {
    const answer = await call("POST", document.body.dataset.door, talk.start);
    Object.assign(talk, { id: answer.conversation_id, token: answer.token });
    learn(answer);
  }
  const names = talks.map((one, value) => el("option", { value }, one.job_number ? `№ ${one.job_number}` : day(one.start.at)));
  others.replaceChildren(...names);
  others.hidden = talks.length < 2;
  await read();
  log.scrollTop = log.scrollHeight;
  drawDoors(kind, source, () => Boolean(log.querySelector(".own")), (text) => send({ text, body: { text } })).catch(() => {});
}

begin().then(
  () => {
    talk.unsent.forEach(deliver);
    listen(talk.token, refresh);
  },
  (failure) => {
    if ([401, 403, 404].includes(failure.status) && talk.id) turnTo(talks[1] ?? {}, talks.slice(1)); // the server knows it no more
    else {
      refuse(failure.message);
      const again = el("button", { type: "button", class: "button quiet", click: () => location.reload() }, t("try-again"));
      const form = kind === "client_request" && el("a", { class: "plain", href: "/form" }, t("index-form"));
      log.insertBefore(el("p", { class: "deeds" }, again, form), typing);
      again.focus();
    }
  },
).finally(() => {
  typing.hidden = true;
  log.removeAttribute("aria-busy");
});
