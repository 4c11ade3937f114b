// Keeps the scanner on the phone, so that it opens without a network. The view that serves this
// puts SHELL before it: a version, the page, and every file it needs.
//
// A newer version waits until the scanner is opened anew: under a running shift nothing changes.
"use strict";

const PREFIX = "door-";
const CACHE = PREFIX + self.SHELL.version;

self.addEventListener("install", (event) => event.waitUntil(fetchAll()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (url.pathname === self.SHELL.home) event.respondWith(kept(self.SHELL.home, request));
    return;
  }
  if (self.SHELL.files.includes(url.pathname + url.search)) {
    event.respondWith(kept(url.pathname + url.search, request));
  }
});

async function fetchAll() {
  const cache = await caches.open(CACHE);
  const wanted = [self.SHELL.home, ...self.SHELL.files];
  await cache.addAll(wanted.map((address) => new Request(address, { cache: "no-cache" })));
}

async function takeOver() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function kept(address, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(address)) || fetch(request);
}
