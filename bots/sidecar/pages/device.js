// A master's terminals: the device that waits for him in a locker, and what he can close.
import { call, newKey } from "./call.js";
import { clock, day, el, t } from "./show.js";

const at = (id) => document.getElementById(id);

// `again` reads anew whose terminal this is and what he has.
export function drawDevices(me, token, again) {
  const path = `/api/v1/masters/${me.master.id}/terminal`;
  const said = el("p", { class: "refusal", role: "alert", hidden: true });
  const act = async (method, where, body) => {
    for (const button of at("devices").querySelectorAll("button")) button.disabled = true;
    try {
      await call(method, where, { token, key: newKey(), body });
      await again();
    } catch (failure) {
      said.textContent = failure.message;
      said.hidden = false;
      for (const button of at("devices").querySelectorAll("button")) button.disabled = false;
    }
  };
  const order = () => act("POST", `${path}/provision`, { type: "physical" });
  const close = (id) => act("POST", `${path}/${id}/close`);
  const waiting = me.terminals.find((terminal) => terminal.status === "ordered");
  const working = me.terminals.filter((terminal) => terminal.status === "active");
  const hasDevice = working.some((terminal) => terminal.type === "physical");
  at("devices").replaceChildren(
    waiting ? pickup(waiting, order) : "",
    el("ul", { class: "lines" }, working.map((terminal) => line(terminal, close))),
    said,
    waiting || hasDevice ? "" : el("button", { type: "button", class: "button quiet", click: order }, t("device-order")),
  );
}

function pickup({ pickup: where }, order) {
  if (where.is_expired) {
    return el("div", { class: "pickup" }, el("p", { class: "refusal" }, t("device-late")), el("button", { type: "button", class: "button", click: order }, t("device-again")));
  }
  return el(
    "div",
    { class: "pickup" },
    el("h3", {}, t("device-waits")),
    el("p", {}, [where.place, where.address, where.hours].filter(Boolean).join(", ") || t("device-nowhere")),
    el("p", { class: "hint" }, t("device-until", { until: `${day(where.until)}, ${clock(where.until)}` })),
    el("p", {}, t("device-code")),
    el("p", { class: "code" }, `${where.code.slice(0, 4)} ${where.code.slice(4)}`),
    el("p", { class: "hint" }, t("device-how")),
  );
}

// A terminal is closed by two presses, so that nobody closes one by chance.
function line(terminal, close) {
  const press = ({ target }) => {
    if (target.dataset.isSure) return close(terminal.terminal_id);
    target.dataset.isSure = "yes";
    return (target.textContent = t("device-close-sure"));
  };
  return el(
    "li",
    {},
    el("span", {}, t(`device-${terminal.type}`), el("small", {}, [terminal.is_this && t("device-this"), t("device-since", { day: day(terminal.created_at) })].filter(Boolean).join(", "))),
    el("button", { type: "button", class: "plain bad", click: press }, t("device-close")),
  );
}
