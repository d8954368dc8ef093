// What needs the owner: each trouble with what to do about it, and the buttons that do it.
import { ago, deed, empty, folded, redraw } from "./console-parts.js";
import { openJob } from "./console-job.js";
import { openTalk } from "./console-talks.js";
import { el, linked, t } from "./show.js";

const SHOWN = 6;

export function drawAlarms(body, { alarms, now }, again) {
  redraw(body, alarms, () => {
    if (!alarms.length) return empty("alarms-none");
    const cards = alarms.map((alarm) => card(alarm, now, again));
    return folded(cards, "cards", { shown: SHOWN });
  });
}

function card(alarm, now, again) {
  const buttons = alarm.actions.map((action) => {
    if (action.post) return deed(action.label, action.post, { done: again });
    const open = () => (action.talk ? openTalk(action.talk, again) : openJob(action.job, again));
    return el("button", { type: "button", class: "button quiet", click: open, "data-id": `${action.talk ?? action.job}-${alarm.kind}` }, action.label);
  });
  return el(
    "li",
    { class: `alarm alarm-${alarm.kind}` },
    el("h3", {}, alarm.title, el("small", {}, alarm.at ? ago(alarm.at, now) : "")),
    alarm.words && el("p", { class: "quoted" }, linked(alarm.words)),
    el("p", { class: "advice" }, alarm.do),
    el("div", { class: "deeds" }, buttons, alarm.ticket_id && answerer(alarm.ticket_id, again)),
  );
}

// What the owner writes is said in the talk, in his name; an empty line only closes the ticket.
function answerer(id, again) {
  const words = el("input", { name: "words", maxlength: 1000, "aria-label": t("answer"), placeholder: t("answer-hint") });
  const send = deed(t("answer-close"), `/api/v1/tickets/${id}/close`, {
    body: () => (words.value.trim() ? { text: words.value.trim() } : {}),
    look: "button",
    done: () => ((words.value = ""), words.blur(), again()),
  });
  return el("div", { class: "answer" }, words, send);
}
