// What parts of the console share: a sheet in front of all, buttons that ask twice, how long ago.
import { call, newKey } from "./call.js";
import { clock, day, el, lang, t } from "./show.js";

const sheet = document.getElementById("sheet");
const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60]];

let onClose = null;
let from = ""; // what has opened the sheet: it may have been drawn anew meanwhile
sheet.addEventListener("close", () => {
  onClose?.();
  onClose = null;
  if (from) document.querySelector(`main [data-id="${CSS.escape(from)}"]`)?.focus();
});
sheet.addEventListener("click", ({ target }) => target === sheet && sheet.close()); // beside it

export function openSheet(name, parts, { closed = null } = {}) {
  const close = el("button", { type: "button", class: "plain shut", "aria-label": t("close"), click: () => sheet.close() }, "✕");
  sheet.replaceChildren(el("header", { class: "sheet-head" }, el("h2", { id: "sheet-name" }, name), close), ...parts.flat().filter(Boolean));
  onClose = closed;
  if (sheet.open) return;
  from = document.activeElement?.dataset.id ?? "";
  sheet.showModal();
}

export const closeSheet = () => sheet.close();

// A list, of which only the first so many stand open.
export function folded(items, look, { shown, more = "alarms-more" }) {
  const first = el("ul", { class: look }, items.slice(0, shown));
  if (items.length <= shown) return [first];
  return [first, el("details", { class: "rest" }, el("summary", {}, t(more, { count: items.length - shown })), el("ul", { class: look }, items.slice(shown)))];
}

// Today needs no name: its hour is enough.
export function moment(iso) {
  if (!iso) return "";
  const isToday = Date.now() - Date.parse(iso) < 43_200_000 && new Date(iso).getDate() === new Date().getDate();
  return isToday ? clock(iso) : `${day(iso)}, ${clock(iso)}`;
}

// "5 minutes ago", by the server's clock and not by the reader's.
export function ago(iso, now) {
  const seconds = (Date.parse(now) - Date.parse(iso)) / 1000;
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? UNITS[2];
  return new Intl.RelativeTimeFormat(lang, { numeric: "auto", style: "short" }).format(-Math.floor(seconds / size), unit);
}

export const lasted = (iso, now) => {
  const minutes = Math.max(0, Math.floor((Date.parse(now) - Date.parse(iso)) / 60_000));
  return minutes < 60 ? t("lasted-minutes", { minutes }) : t("lasted-hours", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
};

export const empty = (name) => el("p", { class: "calm" }, t(name));

// A button that does something. `sure` is asked for by a second press; what went wrong stands beside it.
export function deed(label, path, { body = () => ({}), look = "button quiet", sure = "", done = () => {} } = {}) {
  const said = el("p", { class: "refusal", role: "alert", hidden: true });
  let key = newKey(); // a call that was answered is over: the next press is another one
  const button = el("button", { type: "button", class: look }, label);
  button.addEventListener("click", async () => {
    said.hidden = true;
    const told = body();
    if (told === null) return;
    if (sure && !button.dataset.sure) {
      button.dataset.sure = "yes";
      button.textContent = sure;
      return;
    }
    button.setAttribute("aria-busy", "true");
    button.disabled = true;
    try {
      await call("POST", path, { key, body: told });
      await done();
    } catch (failure) {
      said.textContent = failure.message;
      said.hidden = false;
    }
    key = newKey();
    button.disabled = false;
    button.removeAttribute("aria-busy");
    delete button.dataset.sure;
    button.textContent = label;
  });
  return [button, said];
}

// What was drawn stays as it is, with its focus and its half-written words, unless something has changed.
export function redraw(body, facts, draw) {
  const told = JSON.stringify(facts);
  if (body.told === told || body.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) return;
  const focused = body.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  body.told = told;
  body.replaceChildren(...[draw()].flat().filter(Boolean));
  if (focused) body.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
}
