// Where else one can talk with us: links to our chats in messengers, and a QR code for whoever sits at a desk.
import { call } from "./call.js";
import { el, t, word } from "./show.js";

// `hasBegun` tells whether anything was said here yet: then the talk goes on there by a code that `say` asks for.
export async function drawDoors(kind, source, hasBegun, say) {
  const role = kind === "client_request" ? "client" : "master";
  const src = /^[\w-]{1,64}$/.test(source ?? "") ? `&src=${source}` : "";
  const { items } = await call("GET", `/api/v1/doors?role=${role}${src}`);
  const place = document.getElementById("doors");
  if (!items.length) return;
  const picture = el("img", { class: "qr", width: 148, height: 148, alt: "", src: items[0].qr });
  const about = el("figcaption", {}, t("doors-qr", { name: word("door", items[0].name) }));
  const settle = () => {
    code.hidden = hasBegun(); // a code leads to a talk of its own there, not to this one
    place.classList.toggle("begun", hasBegun());
  };
  const look = ({ name, qr }) => {
    settle();
    picture.src = qr;
    about.textContent = t("doors-qr", { name: word("door", name) });
  };
  const link = (item) => {
    const press = (event) => {
      if (!hasBegun()) return;
      event.preventDefault();
      say(t(`go-on-${item.name}`));
    };
    const attributes = { class: `chip door-${item.name}`, href: item.url, target: "_blank", rel: "noopener" };
    return el("a", { ...attributes, click: press, mouseenter: () => look(item), focus: () => look(item) }, word("door", item.name));
  };
  const code = el("figure", { class: "code-by-phone" }, picture, about);
  document.getElementById("form").addEventListener("submit", () => setTimeout(settle));
  settle();
  place.replaceChildren(el("h2", { id: "doors-head" }, t("doors")), el("p", { class: "chips" }, items.map(link)), code);
  place.hidden = false;
}
