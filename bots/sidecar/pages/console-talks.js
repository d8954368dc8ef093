// Talks as they go: read one, step in and speak yourself, hand it back.
import { call, newKey } from "./call.js";
import { ago, closeSheet, deed, empty, folded, openSheet, redraw } from "./console-parts.js";
import { clock, day, el, linked, t, word } from "./show.js";

const SHOWN = 7;
const WATCH_MS = 3_000; // talks tell no event of every word

let open = null; // the talk on the sheet: {id, seen, read}

export function drawTalks(body, { items }, again) {
  const facts = items.map(({ conversation_id, held_at, status, step, last, job_number }) => [conversation_id, held_at, status, step, last?.seq, job_number]);
  const rank = (talk) => (talk.held_at ? 0 : talk.status === "active" ? 1 : 2);
  const spoken = items.filter((talk) => talk.last).sort((one, other) => rank(one) - rank(other) || other.at.localeCompare(one.at));
  redraw(body, facts, () => (spoken.length ? folded(spoken.map((talk) => line(talk, again)), "talks", { shown: SHOWN }) : empty("talks-none")));
}

function line(talk, again) {
  const now = new Date().toISOString();
  const said = talk.last ? `${word("from", talk.last.from)}: ${talk.last.text || t("a-file")}` : "";
  const who = talk.name ?? t(talk.role === "master" ? "a-master" : "a-client");
  return el(
    "li",
    { class: talk.held_at ? "held" : "" },
    el(
      "button",
      { type: "button", "data-id": talk.conversation_id, click: () => openTalk(talk.conversation_id, again, who) },
      el("span", { class: "who" }, el("b", {}, who), talk.job_number && el("span", { class: "number" }, `№ ${talk.job_number}`), el("small", {}, [talk.channel, ago(talk.at, now)].join(", "))),
      el("span", { class: "last" }, said),
      talk.held_at ? el("span", { class: "badge hot" }, t("you-hold")) : el("span", { class: `badge badge-${talk.status}` }, word("talk", talk.status)),
    ),
  );
}

export async function openTalk(id, again, who = "") {
  const log = el("div", { class: "log", role: "log", "aria-live": "polite", tabindex: 0, "aria-label": t("talk-log") });
  const floor = el("div", { class: "floor" });
  const here = { id, seen: 0, heldAt: undefined };
  here.read = async () => {
    const talk = await call("GET", `/api/v1/ai/conversation/${id}/transcript?after=${here.seen}`);
    if (open !== here) return;
    const isLow = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    for (const said of talk.messages.filter(({ seq }) => seq > here.seen)) {
      if (day(said.at) !== here.day) log.append(el("p", { class: "day" }, (here.day = day(said.at))));
      log.append(bubble(said));
      here.seen = said.seq;
    }
    if (isLow) log.scrollTop = log.scrollHeight;
    if (here.heldAt === talk.held_at) return;
    here.heldAt = talk.held_at;
    floor.replaceChildren(...controls(here, talk, again));
  };
  open = here;
  openSheet(who || t("talk-one"), [log, floor], { closed: () => open === here && (open = null) });
  await here.read();
  const watch = setInterval(() => (open === here ? document.hidden || here.read() : clearInterval(watch)), WATCH_MS);
}

export const hearTalk = () => open?.read();

function controls(here, { held_at }, again) {
  const path = `/api/v1/talks/${here.id}`;
  const heard = () => (again(), here.read());
  if (!held_at) return [el("p", { class: "hint" }, t("hold-hint")), el("div", { class: "deeds" }, deed(t("hold"), `${path}/hold`, { look: "button", done: heard }))];
  const words = el("textarea", { rows: 2, maxlength: 2000, required: true, "aria-label": t("say-hint"), placeholder: t("say-hint") });
  const said = el("p", { class: "refusal", role: "alert", hidden: true });
  const form = el("form", { class: "say" }, words, el("button", { class: "button" }, t("send")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = words.value.trim();
    if (!text) return;
    said.hidden = true;
    words.disabled = true;
    try {
      await call("POST", `${path}/say`, { key: newKey(), body: { text } });
      words.value = "";
      await heard();
    } catch (failure) {
      said.textContent = failure.message;
      said.hidden = false;
    }
    words.disabled = false;
    words.focus();
  });
  words.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  queueMicrotask(() => words.focus());
  return [el("p", { class: "hint held-since" }, t("held-since", { time: clock(held_at) })), form, said, el("div", { class: "deeds" }, deed(t("release"), `${path}/release`, { done: heard }), el("button", { type: "button", class: "plain", click: closeSheet }, t("close")))];
}

function bubble({ from, text, at, media = [], buttons = [] }) {
  const files = media.map((file) => (file.url ? el("img", { src: file.url, alt: t("photo"), loading: "lazy" }) : el("p", {}, `📎 ${file.name ?? t("photo")}`)));
  return el(
    "div",
    { class: `said from-${from}` },
    el("b", {}, word("from", from)),
    files,
    text && el("p", {}, linked(text)),
    buttons.length > 0 && el("p", { class: "offered" }, buttons.map(({ label }) => el("span", {}, label))),
    el("time", { datetime: at }, clock(at)),
  );
}
