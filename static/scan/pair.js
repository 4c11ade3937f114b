// A phone becomes this door's: by a code and a PIN, or by the code's picture and a PIN.

import { button, h, hour, put, t } from "./dom.js";
import { post } from "./link.js";

export function pairScreen(app, place) {
  const { state } = app;
  const code = h("input", { class: "govuk-input", id: "pair-code", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", required: true });
  const pin = h("input", { class: "govuk-input govuk-input--width-5", id: "pair-pin", inputmode: "numeric", autocomplete: "off", required: true });
  const wrong = h("p", { class: "govuk-error-message", id: "pair-wrong", role: "alert" });
  const picture = h("div", { class: "door-camera door-camera--small", hidden: true }, app.camera.video);
  const left = state.own().filter((one) => !one.acked).length;
  put(place,
    h("h1", { class: "door-title", tabindex: "-1" }, title()),
    left ? h("p", { class: "door-warn" }, t("still_to_send", { n: left }), " ", button(t("send_now"), () => app.link.now(), "door-button--small")) : null,
    state.pass === "early" && state.door ? h("p", {}, t("pass_early", { hour: hour(state.door.from) })) : null,
    h("p", {}, t("pair_hint")),
    h("form", { onsubmit: send, class: "door-form" },
      wrong,
      h("label", { class: "govuk-label", for: "pair-code" }, t("pair_code")), h("p", { class: "govuk-hint", id: "pair-code-hint" }, t("pair_code_hint")), code,
      h("label", { class: "govuk-label", for: "pair-pin" }, t("pair_pin")), pin,
      h("button", { class: "door-button door-button--main", type: "submit" }, t("pair_open"))),
    picture,
    button(t("pair_scan"), scan),
    h("p", {}, h("a", { href: app.addresses.plain }, t("plain_page"))));
  code.setAttribute("aria-describedby", "pair-code-hint pair-wrong");
  pin.setAttribute("aria-describedby", "pair-wrong");

  pairScreen.scanned = (text) => {
    const found = /\/scan\/open\/([^/?#]+)/.exec(text);
    code.value = found ? found[1] : text.slice(0, 30);
    app.camera.stop();
    picture.hidden = true;
    pin.focus();
  };

  async function scan() {
    picture.hidden = !(await app.camera.start(state.settings.camera || null));
    if (picture.hidden) put(wrong, t(`camera_${app.cameraProblem || "none"}`));
  }

  function title() {
    if (state.pass === "signed_out") return t("pass_signed_out");
    if (state.pass === "over") return t("pass_over");
    if (state.pass === "unknown") return t("pass_unknown");
    return t("pair_title");
  }

  async function send(event) {
    event.preventDefault();
    put(wrong);
    let answer;
    try {
      answer = await post(app.addresses.pair, { code: code.value, pin: pin.value });
    } catch {
      return put(wrong, t("pair_no_network"));
    }
    if (!answer.ok) {
      put(wrong, answer.body.message);
      return (answer.body.reason === "pin" ? pin : code).focus();
    }
    app.camera.stop();
    state.pass = "open";
    await state.paired(answer.body);
    await app.link.now();
    app.show("scan");
  }
}
