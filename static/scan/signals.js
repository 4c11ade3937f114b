// What a volunteer hears and feels, and what keeps the phone awake. Each verdict has its own tone
// and its own buzz: colour is never alone.

const TONES = {
  yes: [[880, 0.09], [1320, 0.16]],
  look: [[520, 0.14], [0, 0.07], [520, 0.14]],
  no: [[200, 0.45]],
};
const BUZZES = { yes: [60], look: [80, 80, 80], no: [400] };

let context = null;
let isQuiet = false;

// In a tap: phones let a page make a sound only after one.
export function unlockSound() {
  const Audio = window.AudioContext || window.webkitAudioContext;
  if (!Audio) return;
  // An iPhone's ringer switch would silence it otherwise.
  if (navigator.audioSession) navigator.audioSession.type = "playback";
  context = context || new Audio();
  if (context.state === "suspended") context.resume();
}

export function setQuiet(quiet) {
  isQuiet = quiet;
}

export function signal(answer) {
  navigator.vibrate?.(BUZZES[answer]);
  if (isQuiet || !context || context.state !== "running") return;
  let at = context.currentTime;
  for (const [pitch, seconds] of TONES[answer]) {
    if (pitch) tone(pitch, at, seconds);
    at += seconds;
  }
}

function tone(pitch, at, seconds) {
  const source = context.createOscillator();
  const volume = context.createGain();
  source.frequency.value = pitch;
  source.type = "square";
  volume.gain.setValueAtTime(0.25, at);
  volume.gain.exponentialRampToValueAtTime(0.01, at + seconds);
  source.connect(volume).connect(context.destination);
  source.start(at);
  source.stop(at + seconds);
}

let lock = null;

export async function stayAwake() {
  if (!navigator.wakeLock || document.visibilityState !== "visible") return;
  try {
    lock = await navigator.wakeLock.request("screen");
  } catch {
    lock = null; // a battery that is nearly empty
  }
}

document.addEventListener("visibilitychange", () => {
  if (lock) stayAwake(); // it ends when the page is hidden
});
