// A scanner that types, plugged in or by radio: read by the key's place, so that no keyboard layout
// can garble it. It types fast and ends with Enter; a person in a field is left alone.

const FAST = 60; // milliseconds between two keys of a machine
const LEAST = 8;

export function listen(read) {
  let typed = "";
  let last = 0;
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (isField(event.target)) return;
    const now = performance.now();
    if (now - last > FAST * 10) typed = "";
    last = now;
    if (event.code === "Enter" || event.code === "NumpadEnter" || event.code === "Tab") {
      if (typed.length >= LEAST) {
        event.preventDefault();
        event.stopPropagation();
        read(typed);
      }
      typed = "";
      return;
    }
    typed += letterOf(event.code);
  }, true);
}

function isField(target) {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}

const OTHERS = { Minus: "-", NumpadSubtract: "-", Slash: "/", NumpadDivide: "/", Space: " ", Equal: "=", Period: "." };

export function letterOf(code) {
  if (/^Key[A-Z]$/.test(code)) return code[3];
  if (/^Digit\d$/.test(code)) return code[5];
  if (/^Numpad\d$/.test(code)) return code[6];
  return OTHERS[code] || "";
}
