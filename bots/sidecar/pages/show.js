// What every page shows alike: words, money, days, elements, and what a browser keeps for us.
import { WORDS } from "./words.js";

const LINK_MAX = 48; // characters of an address that is shown whole; of a longer one only where it leads

const memory = new Map(); // a private window may refuse to keep anything

export function kept(name) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? memory.get(name) ?? null;
  } catch {
    return memory.get(name) ?? null;
  }
}

export function keep(name, value) {
  memory.set(name, value);
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // Memory holds it until the page is closed.
  }
}

function chooseLang() {
  const asked = new URLSearchParams(location.search).get("lang");
  if (asked in WORDS) keep("lang", asked);
  const wished = [kept("lang"), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return wished.find((tag) => tag in WORDS) ?? "ru";
}

export const lang = chooseLang();

export function t(name, facts = {}) {
  return (WORDS[lang][name] ?? name).replace(/\{(\w+)\}/g, (_, fact) => facts[fact] ?? "");
}

// A word for a value of the server's (`status-paid`); the value itself when we have none.
export const word = (kind, value) => WORDS[lang][`${kind}-${value}`] ?? value ?? "";

export function el(tag, attributes = {}, ...inside) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name, value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...inside.flat().filter((part) => part || part === 0));
  return node;
}

// Links, phone numbers and 112 in a text become pressable; the rest stays text.
export function linked(text) {
  const pattern = /(https?:\/\/[^\s<>"«»]*[^\s<>"«».,!?;:)]|\+7[\d\s()-]{9,15}\d|(?<![\d-])(?:112|104|103|101)(?![\d-]))/g;
  return whole(text).split(pattern).map((part, index) => {
    if (index % 2 === 0) return part;
    const isWeb = part.startsWith("http");
    const isOurs = isWeb && new URL(part).origin === location.origin;
    const href = isWeb ? part : `tel:${part.replace(/[^\d+]/g, "")}`;
    const shown = part.length > LINK_MAX && isWeb ? `${new URL(part).host}${new URL(part).pathname}` : part;
    return el("a", { href, rel: "noopener", target: isWeb && !isOurs ? "_blank" : null }, shown);
  });
}

// An amount is one word: "1 700 ₽" is never torn between two lines.
const whole = (text) => text.replace(/(?<=\d) (?=\d{3}|₽)/g, "\u00a0");

export const money = (amount) => whole(amount?.text ?? "");

// A price, and its bounds when they differ from it.
export function bounds(quote) {
  if (!quote?.low || quote.low.minor === quote.high?.minor) return "";
  return t("range", { low: money(quote.low), high: money(quote.high) });
}

// Times come with the city's offset; we show the city's own clock wherever the reader sits.
const wall = (iso) => new Date(`${iso.slice(0, 16)}:00Z`);
const format = (date, parts) => new Intl.DateTimeFormat(lang, { timeZone: "UTC", ...parts }).format(date);

export const clock = (iso) => (iso ? format(wall(iso), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }) : "");

export function day(iso) {
  const there = wall(iso);
  const now = Date.now() + (there - Date.parse(iso));
  const away = Math.floor(there / 864e5) - Math.floor(now / 864e5);
  const date = format(there, { day: "numeric", month: "long" });
  if (Math.abs(away) > 1) return `${format(there, { weekday: "short" })}, ${date}`;
  return `${new Intl.RelativeTimeFormat(lang, { numeric: "auto" }).format(away, "day")}, ${date}`;
}

export function span(start, end) {
  return start ? `${day(start)}, ${clock(start)}${end ? `\u2060–\u2060${clock(end)}` : ""}` : "";
}

export function address(place) {
  if (!place) return "";
  if (!place.house) return place.text ?? place.street ?? place.district ?? "";
  const parts = ["building", "structure", "flat", "entrance", "floor", "intercom"].filter((part) => place[part]);
  return [place.street, place.house, ...parts.map((part) => t(part, place))].filter(Boolean).join(", ");
}

// A Russian number in groups, another as it is.
export const phoneText = (number) => number?.replace(/^\+7(\d{3})(\d{3})(\d{2})(\d{2})$/, "+7 $1 $2-$3-$4");

// What a job is, in a few words.
export const named = (job) => job.title ?? word("trade", job.trade);

// One line of a slip: its name and what is written there, or nothing.
export function row(name, ...lines) {
  const written = lines.filter(Boolean);
  return [el("dt", {}, t(name)), el("dd", {}, written.map((line) => el("div", {}, line)))];
}

export function stamp(status) {
  return status ? el("span", { class: `stamp stamp-${status}` }, word("status", status)) : null;
}

document.documentElement.lang = lang;
for (const node of document.querySelectorAll("[data-t]")) node.replaceChildren(...linked(t(node.dataset.t)));
for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", t(node.dataset.label));
for (const node of document.querySelectorAll("[data-hint]")) node.placeholder = t(node.dataset.hint);
for (const node of document.querySelectorAll("a[hreflang]")) node.hidden = node.hreflang === lang;
