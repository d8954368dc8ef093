// How pages speak to the server: every call may be repeated, and nothing is done twice.
import { lang, t } from "./show.js";

const ANSWER_MS = 20_000;
const UPLOAD_MS = 180_000;
const SILENCE_MS = 60_000; // a stream that says nothing for so long is dead
const HIDDEN_MS = 30_000;
const PAUSE_MAX_S = 60; // a longer wait is told to the person instead

export class Failure extends Error {
  constructor(status, error) {
    super(error?.message ?? t("broken"));
    this.status = status;
  }
}

// Not crypto.randomUUID: browsers hide it on plain http, such as a phone in the home network.
export const newKey = () => crypto.getRandomValues(new Uint32Array(4)).join("-");

function nap(ms) {
  const awake = new AbortController();
  return new Promise((wake) => {
    setTimeout(wake, ms);
    addEventListener("online", wake, { signal: awake.signal });
    document.addEventListener("visibilitychange", wake, { signal: awake.signal });
  }).finally(() => awake.abort());
}

// What is wrong with the line or with a page that refreshes itself; the next answer takes it away.
export function tell(text) {
  const net = document.getElementById("net");
  if (net.textContent !== text) net.textContent = text; // said aloud once, not at every try
  net.hidden = !text;
}

const asker = (token) => ({ "Accept-Language": lang, ...(token && { Authorization: `Bearer ${token}` }) });

// Returns the answer or throws a Failure that says why not; on a bad connection it goes on trying.
export async function call(method, path, { token, body, key } = {}) {
  const isForm = body instanceof FormData;
  const headers = asker(token);
  if (key) headers["Idempotency-Key"] = key;
  if (body && !isForm) headers["Content-Type"] = "application/json";
  for (let pause_s = 1; ; pause_s = Math.min(pause_s * 2, 15)) {
    let status = 0;
    try {
      const signal = AbortSignal.timeout(isForm ? UPLOAD_MS : ANSWER_MS);
      const answer = await fetch(path, { method, headers, signal, body: isForm ? body : JSON.stringify(body) });
      const text = await answer.text();
      status = answer.status;
      if (status === 429 || status === 503) pause_s = Number(answer.headers.get("Retry-After")) || pause_s;
      if (![202, 429, 502, 503, 504].includes(status) || pause_s > PAUSE_MAX_S) {
        tell("");
        const found = /^[{[]/.test(text) ? JSON.parse(text) : {};
        if (answer.ok) return found;
        throw new Failure(status, found.error);
      }
    } catch (problem) {
      if (problem instanceof Failure) throw problem;
    }
    if (status !== 202) tell(t(status === 429 ? "too-often" : "no-net"));
    await nap(status === 202 ? 500 : pause_s * 1000);
  }
}

// Calls `hear` at every sign of news and after every gap, until the token is refused.
export async function listen(token, hear) {
  for (let pause_s = 1; ; pause_s = Math.min(pause_s * 2, 15)) {
    const stop = new AbortController();
    const quit = () => stop.abort();
    document.addEventListener("visibilitychange", quit, { signal: stop.signal });
    hear();
    try {
      // A hidden page lets its stream go: a browser keeps only six connections to one server.
      const answer = document.hidden || (await fetch("/api/v1/events", { headers: asker(token), signal: stop.signal }));
      if (answer.status === 401 || answer.status === 403) return;
      const reader = answer.body?.getReader();
      for (let isOpen = answer.ok; isOpen; pause_s = 1) {
        const watch = setTimeout(quit, SILENCE_MS);
        isOpen = !(await reader.read()).done;
        clearTimeout(watch);
        hear();
      }
    } catch {
      // The stream broke; what happened meanwhile is read when it is back.
    }
    quit();
    await nap(document.hidden ? HIDDEN_MS : pause_s * 1000);
  }
}
