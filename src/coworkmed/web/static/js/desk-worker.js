// The desk's service worker: opens its page without a network. NAME, PAGE and KEPT (addresses) stand before this text.
// Nothing that changes is kept here: what a desk knows and saw is in its own storage.

addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(KEPT)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  const language = NAME.slice(0, NAME.lastIndexOf("-"));
  const others = (names) => names.filter((name) => name.startsWith(`${language}-`) && name !== NAME);
  event.waitUntil(caches.keys().then((names) => Promise.all(others(names).map((name) => caches.delete(name)))));
  event.waitUntil(clients.claim());
});

addEventListener("fetch", (event) => {
  const { request } = event, { pathname } = new URL(request.url);
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && pathname === PAGE) {
    event.respondWith(fetch(request).catch(() => caches.match(KEPT[0], { cacheName: NAME })));
  } else if (KEPT.includes(pathname)) {
    event.respondWith(caches.match(pathname, { cacheName: NAME }).then((kept) => kept ?? fetch(request)));
  }
});
