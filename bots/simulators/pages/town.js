// The other side: be a person in a messenger, see his chat, write, press, share, block, and break things.
import { WORDS } from "./town-words.js";

const LOOK_MS = 800;
const NOTICES = ["twice", "reversed", "never"];
const $ = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search).get("lang");
const lang = [asked, ...navigator.languages.map((tag) => tag.slice(0, 2))].find((tag) => tag in WORDS) ?? "ru";
const t = (name, facts = {}) => (WORDS[lang][name] ?? name).replace(/\{(\w+)\}/g, (_, fact) => facts[fact] ?? "");

let services = [];
let chats = [];
let shown = ""; // the chat as it stands on the page, so that only news is drawn

function el(tag, attributes = {}, ...inside) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...inside.flat().filter(Boolean));
  return node;
}

// What goes wrong is said on the page; a refusal of the simulator's in its own words.
async function call(method, path, body) {
  let answer;
  try {
    answer = await fetch(path, { method, headers: { "Content-Type": "application/json" }, body: body && JSON.stringify(body) });
  } catch {
    complain(t("away"));
    throw new Error("away");
  }
  const text = await answer.text();
  if (!answer.ok) {
    let told = text;
    try {
      told = JSON.parse(text).detail ?? text;
      told = JSON.parse(told).detail ?? told;
    } catch {
      // It is said as it came.
    }
    complain(typeof told === "string" ? told : JSON.stringify(told));
    throw new Error(String(answer.status));
  }
  $("net").hidden = true;
  return text ? JSON.parse(text) : {};
}

function complain(words) {
  $("net").textContent = words;
  $("net").hidden = false;
}

const here = () => decodeURIComponent(location.hash.slice(1));
const current = () => chats.find((chat) => chat.id === here());
const service = () => services.find(({ name }) => name === current()?.service);

// People

function showPeople() {
  $("people").replaceChildren(
    ...chats.map((chat) =>
      el(
        "li",
        {},
        el(
          "button",
          { type: "button", "aria-current": String(chat.id === here()), click: () => (location.hash = encodeURIComponent(chat.id)) },
          el("b", {}, chat.name),
          el("small", {}, `${t(chat.service)} · ${t(chat.role)} · ${chat.phone.slice(-4)}${chat.is_blocked ? ` · ${t("blocked")}` : ""}`),
        ),
      ),
    ),
  );
}

function chooseRoles() {
  const chosen = services.find(({ name }) => name === $("new").elements.service.value);
  $("new").elements.role.replaceChildren(...(chosen?.roles ?? []).map((role) => el("option", { value: role }, t(role))));
}

// The next one is somebody else.
function proposePhone() {
  const taken = chats.map(({ phone }) => BigInt(phone.slice(1)));
  const last = taken.reduce((most, each) => (each > most ? each : most), 79_110_000_000n);
  $("new").elements.phone.value = `+${last + 1n}`;
}

async function make(event) {
  event.preventDefault();
  const form = $("new").elements;
  const told = { service: form.service.value, role: form.role.value, name: form.name.value, phone: form.phone.value };
  const made = await call("POST", "/town/chats", told);
  chats = await call("GET", "/town/chats");
  proposePhone();
  location.hash = encodeURIComponent(made.id);
}

// The chat

function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"«»]*[^\s<>"«».,!?;:)])/g).map((part, index) => (index % 2 ? el("a", { href: part, rel: "noopener", target: "_blank" }, part) : part));
}

const size = (bytes) => (bytes < 1024 ? t("bytes", { n: bytes }) : t("kilobytes", { n: Math.round(bytes / 1024) }));

function file({ name, type, bytes, url }) {
  if (url && type.startsWith("image/")) return el("img", { src: url, alt: name });
  return el("p", { class: "file" }, el("span", {}, name || type), el("small", {}, size(bytes)));
}

function button(told) {
  if (told.url && !told.is_app) return el("a", { class: "choice", href: told.url, target: "_blank", rel: "noopener" }, `${told.label} ↗`);
  return el("button", { type: "button", class: "choice", click: () => press(told) }, told.label);
}

function bubble(row) {
  const at = new Date(row.at).toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  const buttons = (row.buttons ?? []).map(button);
  const sign = { contact: "☎ ", location: "⌖ ", press: "☞ ", start: "▶ " }[row.act] ?? "";
  return el(
    "div",
    { class: `said ${row.is_own ? "own" : "theirs"}${row.act === "press" ? " pressed" : ""}`, "data-id": row.id },
    (row.files ?? []).map(file),
    el("time", { datetime: row.at }, at),
    (row.text || sign) && el("p", {}, sign, linked(row.text || t(row.act))),
    buttons.length > 0 && el("div", { class: "choices" }, buttons),
  );
}

function drawChat(chat) {
  const can = service().acts;
  $("chat").querySelector("h1").replaceChildren(chat.name, " ", el("small", {}, `${t(chat.service)} · ${t(chat.role)}`));
  $("chat").querySelector(".who").classList.toggle("blocked", chat.is_blocked);
  $("block").textContent = t(chat.is_blocked ? "unblock" : "block");
  $("block").hidden = !can.includes("block");
  $("form").hidden = !can.includes("say");
  $("picker").parentElement.hidden = !can.includes("send");
  $("place").hidden = !can.includes("location");
  for (const node of document.querySelectorAll("[data-act]")) {
    node.hidden = !can.includes(node.dataset.act === "friend" ? "contact" : node.dataset.act);
  }
  const log = $("log");
  const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  const nothing = el("p", { class: "nobody" }, t(can.includes("say") ? "empty" : "silent"));
  log.replaceChildren(...(chat.messages.length ? chat.messages.map(bubble) : [nothing]));
  if (isAtEnd || shown === "") log.scrollTop = log.scrollHeight;
}

async function look() {
  const chat = current();
  document.querySelector(".town").classList.toggle("has-chat", Boolean(chat));
  $("chat").hidden = !chat;
  $("nobody").hidden = Boolean(chat);
  if (!chat) return;
  const seen = await call("GET", `/town/chats/${encodeURIComponent(chat.id)}`);
  const told = JSON.stringify(seen);
  if (chat.id !== here() || told === shown) return;
  if (chat.is_blocked !== seen.is_blocked) {
    chat.is_blocked = seen.is_blocked;
    showPeople();
  }
  drawChat(seen);
  shown = told;
}

async function act(name, told = {}) {
  const done = await call("POST", `/town/chats/${encodeURIComponent(here())}/${name}`, told);
  await look();
  $("log").scrollTop = $("log").scrollHeight;
  return done;
}

async function press(told) {
  if (told.asks === "contact") return act("contact", { own: true });
  if (told.asks === "location") return act("location", place());
  const done = await act("press", told.choice ? { label: told.label, choice: told.choice } : { label: told.label });
  if (done.url) {
    const signed = done.init_data ? `${done.url.includes("#") ? "&" : "#"}tgWebAppData=${encodeURIComponent(done.init_data)}` : "";
    open(done.url + signed, "_blank", "noopener");
  }
  return done;
}

const place = () => ({ lat: Number($("place").elements.lat.value.replace(",", ".")), lon: Number($("place").elements.lon.value.replace(",", ".")) });

async function say(event) {
  event.preventDefault();
  const text = $("words").value.trim();
  if (!text) return;
  $("words").value = "";
  await act("say", { text }).catch(() => ($("words").value = text));
}

async function send() {
  const [chosen] = $("picker").files;
  if (!chosen) return;
  const bytes = new Uint8Array(await chosen.arrayBuffer());
  let binary = "";
  for (let n = 0; n < bytes.length; n += 32_768) binary += String.fromCharCode(...bytes.subarray(n, n + 32_768));
  const kind = { image: "photo", video: "video", audio: "voice" }[chosen.type.split("/")[0]] ?? "file";
  $("picker").value = "";
  const caption = $("words").value.trim();
  $("words").value = "";
  await act("send", { kind, content: btoa(binary), caption, name: chosen.name });
}

// Faults are of the whole service, not of one chat.

async function trouble(method, path, body, told) {
  await call(method, `/${current().service}/_sim/${path}`, body);
  $("done").textContent = t(told);
}

function breakIt(event) {
  event.preventDefault();
  const { kind, times, seconds } = $("fault").elements;
  const fault = NOTICES.includes(kind.value)
    ? { kind: "notices", mode: kind.value }
    : { kind: kind.value, times: Number(times.value), seconds: Number(seconds.value) };
  return trouble("POST", "faults", fault, "broken");
}

// The page

function speak() {
  document.documentElement.lang = lang;
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", t(node.dataset.label));
  for (const node of document.querySelectorAll("[data-hint]")) node.placeholder = t(node.dataset.hint);
  for (const node of document.querySelectorAll("[hreflang]")) node.hidden = node.hreflang === lang;
}

function listen() {
  const quiet = (deed) => (event) => deed(event)?.catch?.(() => {}); // it is said at the top already
  $("new").addEventListener("submit", quiet(make));
  $("new").elements.service.addEventListener("change", chooseRoles);
  $("form").addEventListener("submit", quiet(say));
  $("picker").addEventListener("change", quiet(send));
  $("fault").addEventListener("submit", quiet(breakIt));
  $("again").addEventListener("click", quiet(() => trouble("POST", "again", {}, "told")));
  $("heal").addEventListener("click", quiet(() => trouble("DELETE", "faults", undefined, "healed")));
  $("block").addEventListener("click", quiet(() => act(current().is_blocked ? "unblock" : "block")));
  $("place").addEventListener("submit", quiet((event) => {
    event.preventDefault();
    return act("location", place());
  }));
  for (const node of document.querySelectorAll("[data-act]")) {
    const name = node.dataset.act;
    node.addEventListener("click", quiet(() => (name === "start" ? act("start", { payload: "" }) : act("contact", { own: name === "contact" }))));
  }
  $("words").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    $("form").requestSubmit();
  });
  addEventListener("hashchange", quiet(() => {
    shown = "";
    $("done").textContent = "";
    showPeople();
    return look();
  }));
}

async function keepLooking() {
  if (!document.hidden) await look().catch(() => {});
  setTimeout(keepLooking, LOOK_MS);
}

speak();
listen();
try {
  services = (await call("GET", "/town/services")).filter(({ acts }) => acts.length > 0);
  chats = await call("GET", "/town/chats");
  $("new").elements.service.replaceChildren(...services.map(({ name }) => el("option", { value: name }, t(name))));
  chooseRoles();
  proposePhone();
  showPeople();
} finally {
  keepLooking();
}
