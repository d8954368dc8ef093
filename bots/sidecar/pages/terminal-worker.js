// Keeps the terminal's own files, so that it opens without a network. Nothing of anybody's jobs or money is
// kept: what is not in this list goes past us untouched.
const VERSION = "{version}"; // a digest of the files, put in by the server
const SHELL = "{shell}".split(" ");
const SLOW_MS = 3_000; // after this a kept file serves better than a network that may answer

const name = `terminal-${VERSION}`;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(name).then((cache) => cache.addAll(SHELL)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (keys) => keys.filter((key) => key.startsWith("terminal-") && key !== name);
  event.waitUntil(
    caches
      .keys()
      .then((keys) => Promise.all(old(keys).map((key) => caches.delete(key))))
      .then(() => self.clients.claim()),
  );
});

async function freshOrKept(request, path) {
  const cache = await caches.open(name);
  const stored = await cache.match(path);
  try {
    const answer = await fetch(request, stored && { signal: AbortSignal.timeout(SLOW_MS) });
    if (answer.status < 500) return answer;
  } catch {
    // No network, or one that does not answer.
  }
  return stored ?? Response.error();
}

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin || !SHELL.includes(pathname)) return;
  event.respondWith(freshOrKept(event.request, pathname));
});
