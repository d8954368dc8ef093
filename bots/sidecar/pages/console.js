// The owner's screen: what goes on now, what waits for him, and how it has gone. Each part draws itself.
import "./console-words.js";
import { call, listen, tell } from "./call.js";
import { drawAlarms } from "./console-alarms.js";
import { drawBoard } from "./console-board.js";
import { drawLink } from "./console-link.js";
import { drawMoney } from "./console-money.js";
import { drawQueue, drawWhy } from "./console-queue.js";
import { drawTalks, hearTalk } from "./console-talks.js";
import { drawThen } from "./console-then.js";
import { clock, el, t } from "./show.js";

const PAUSE_MS = 400; // several events of one deed are one look
const ANEW_MS = 20_000; // time passes also where nothing happens

const at = (id) => document.getElementById(id);
const body = (id) => at(id).querySelector(".body");
const get = (path) => call("GET", path);

function drawSums({ active_jobs, unbound, alarms, masters }, talks) {
  const held = talks.items.filter((talk) => talk.held_at).length;
  const live = talks.items.filter((talk) => talk.status === "active").length;
  const free = masters.filter((master) => master.status === "active").length;
  const sums = [
    ["sum-alarms", alarms.length, "alarms", alarms.length > 0],
    ["sum-jobs", active_jobs, "board"],
    ["sum-waiting", unbound.length, "queue", unbound.length > 0],
    ["sum-talks", live, "talks"],
    ["sum-held", held, "talks", held > 0],
    ["sum-masters", free, "board"],
  ];
  const shown = sums.map(([name, count, where, isHot]) => el("li", {}, el("a", { href: `#${where}`, class: isHot && "hot" }, el("b", {}, String(count)), el("span", {}, t(name)))));
  at("sums").replaceChildren(...shown);
}

async function look() {
  const [now, talks, queue, payments, balances, payouts, decisions] = await Promise.all(
    ["board", "talks?limit=20", "queue", "payments?limit=12", "balances", "payouts?limit=12", "decisions?limit=12"].map((path) => get(`/api/v1/${path}`)),
  );
  at("open").hidden = false;
  drawSums(now, talks);
  drawAlarms(body("alarms"), now, again);
  drawBoard(body("board"), at("days"), now, again);
  drawTalks(body("talks"), talks, again);
  drawQueue(body("queue"), queue, now, again);
  drawMoney(body("money"), { payments, balances, payouts, masters: now.masters }, again);
  drawWhy(body("why"), decisions, now, again);
  at("live").replaceChildren(t("live", { time: clock(now.now) }));
  document.title = `${now.alarms.length ? `(${now.alarms.length}) ` : ""}${t("console-title")}`;
}

let turn = Promise.resolve();
let isQueued = false;
function again() {
  if (isQueued) return turn;
  isQueued = true;
  turn = turn.then(() => new Promise((wake) => setTimeout(wake, at("open").hidden ? 0 : PAUSE_MS))).then(() => {
    isQueued = false;
    return look();
  });
  turn = turn.catch(({ message, status }) => {
    at("closed").hidden = ![401, 403].includes(status);
    if (at("closed").hidden) tell(message);
    else at("open").hidden = true;
  });
  return turn;
}

function happened() {
  again();
  hearTalk();
}

await again();
if (at("closed").hidden) {
  drawThen(body("then"));
  drawLink(body("link")).catch(() => (at("link").hidden = true));
  setInterval(() => document.hidden || happened(), ANEW_MS);
  listen(undefined, happened);
}
