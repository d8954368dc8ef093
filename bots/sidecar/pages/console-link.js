// The owner in his messenger: a code that makes a chat his, and the chats that are.
import { call, newKey } from "./call.js";
import { deed, moment } from "./console-parts.js";
import { clock, el, t } from "./show.js";

export async function drawLink(body) {
  const { items, doors } = await call("GET", "/api/v1/owner/chats");
  const code = el("p", { class: "code", role: "status" });
  const ask = el("button", { type: "button", class: "button" }, t("link-code"));
  ask.addEventListener("click", async () => {
    const made = await call("POST", "/api/v1/owner/link-code", { key: newKey(), body: {} });
    code.replaceChildren(el("b", {}, made.code), el("small", {}, t("link-until", { time: clock(made.until) })));
  });
  const chats = items.map((chat) => el("li", { class: "deeds" }, el("span", {}, `${chat.channel}, ${moment(chat.since)}`), deed(t("link-end"), `/api/v1/owner/chats/${chat.id}/close`, { look: "plain bad", sure: t("link-sure"), done: () => drawLink(body) })));
  body.replaceChildren(
    el("p", { class: "hint" }, t(doors.length ? "link-text" : "link-no-doors", { doors: doors.join(", ") })),
    el("ul", { class: "plain-list" }, chats),
    el("div", { class: "deeds" }, ask),
    code,
  );
}
