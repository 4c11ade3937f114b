// Reads QR codes from pictures of the camera, beside the page so that it never stands still.
//
// In:  { id, width, height, data }: four bytes a point; the buffer is given away.
// Out: { kind: "ready", reader } once, then { id, text, reader, ms } for each picture; text is null
//      where no code is. { kind: "failed", why } instead where no reader could be loaded.
//
// A classic script: module workers came with Safari 15. The view that serves it puts FILES before
// it, the addresses of its parts; and it lets this answer, and no other, run WebAssembly.
"use strict";

const LONGEST = 1280; // points on the long side: more cost time and tell nothing more
const PATIENCE = 20 * 1000; // for the large part, on a bad line; then the small one does it
const EFFORT = 40; // milliseconds that the small reader may try on
const OPTIONS = {
  formats: ["QRCodeModel2"],
  tryHarder: true,
  tryRotate: true,
  tryInvert: true,
  tryDownscale: true,
  maxNumberOfSymbols: 1,
  textMode: "Plain",
};

let reader = null; // { name, read } as soon as there is one
let line = start(); // pictures are read one after another

self.addEventListener("message", (event) => {
  line = line.then(() => answer(event.data || {}));
});

async function start() {
  try {
    reader = { name: "zxing", read: await loadZxing() };
  } catch {
    // WebAssembly is missing, forbidden by the browser's reading of the policy, or did not arrive.
    try {
      reader = { name: "qr", read: loadQr() };
    } catch (error) {
      self.postMessage({ kind: "failed", why: String(error) });
      return;
    }
  }
  self.postMessage({ kind: "ready", reader: reader.name });
}

async function loadZxing() {
  const module = await WebAssembly.compile(await fetchWhole(self.FILES.wasm));
  importScripts(self.FILES.zxing);
  await new Promise((resolve, reject) => {
    const overrides = {
      locateFile: () => self.FILES.wasm, // it would ask another site
      instantiateWasm(imports, done) {
        WebAssembly.instantiate(module, imports).then((made) => done(made, module)).catch(reject);
        return {};
      },
    };
    self.zxing.prepareZXingModule({ overrides, fireImmediately: true }).then(resolve, reject);
  });
  return async (picture) => {
    const [found] = await self.zxing.readBarcodes(picture, OPTIONS);
    return found ? found.text : null;
  };
}

async function fetchWhole(address) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  try {
    const answered = await fetch(address, { signal: patience.signal });
    if (!answered.ok) throw new Error(`${address}: ${answered.status}`);
    return await answered.arrayBuffer();
  } finally {
    clearTimeout(timer);
  }
}

function loadQr() {
  importScripts(self.FILES.qr);
  return (picture) => {
    try {
      return self.qr.decodeQR(picture, { timeLimit: EFFORT });
    } catch {
      return null; // it throws where no code is
    }
  };
}

async function answer({ id, width, height, data }) {
  const begun = performance.now();
  const name = reader && reader.name;
  const text = await read(width, height, data).catch(() => null);
  self.postMessage({ id, text, reader: name, ms: performance.now() - begun });
}

async function read(width, height, data) {
  const picture = pictureOf(width, height, data);
  if (!picture || !reader) return null;
  try {
    return await reader.read(picture);
  } catch {
    // WebAssembly that has stopped once, for want of memory, does not go on; the small reader does.
    reader = { name: "qr", read: loadQr() };
    return reader.read(picture);
  }
}

// What readers take, or null for what is no picture.
function pictureOf(width, height, data) {
  const points = data instanceof ArrayBuffer ? new Uint8ClampedArray(data) : data;
  if (!(points instanceof Uint8ClampedArray || points instanceof Uint8Array)) return null;
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0)) return null;
  if (points.length !== width * height * 4) return null;
  const factor = Math.max(width, height) / LONGEST;
  return factor > 1 ? smaller(points, width, height, factor) : { width, height, data: points };
}

// Each point is the mean of those it stands for: left out, thin lines would be lost.
function smaller(points, width, height, factor) {
  const wide = Math.max(1, Math.floor(width / factor));
  const high = Math.max(1, Math.floor(height / factor));
  const data = new Uint8ClampedArray(wide * high * 4).fill(255);
  for (let y = 0, at = 0; y < high; y++) {
    const top = Math.floor(y * height / high);
    const bottom = Math.floor((y + 1) * height / high);
    for (let x = 0; x < wide; x++, at += 4) {
      const left = Math.floor(x * width / wide);
      const right = Math.floor((x + 1) * width / wide);
      let sum = 0;
      for (let row = top; row < bottom; row++) {
        const end = (row * width + right) * 4;
        for (let from = (row * width + left) * 4; from < end; from += 4) {
          sum += points[from] * 3 + points[from + 1] * 6 + points[from + 2];
        }
      }
      const grey = sum / (10 * (bottom - top) * (right - left));
      data[at] = data[at + 1] = data[at + 2] = grey;
    }
  }
  return { width: wide, height: high, data };
}
