// Puts the page together: reads the state, follows the stream, draws.
import { follow } from "./api.js";
import { topBar } from "./clock.js";
import { h, patch } from "./dom.js";
import { inspector } from "./inspector.js";
import { castList, rove } from "./people.js";
import { giveFocusBack } from "./modal.js";
import { phoneTray, ringBanner, ringing, carrier } from "./phones.js";
import { followAddress, revealMessage } from "./place.js";
import { stage, stayBelow } from "./stage.js";
import { changed, columns, keepTime, lookOf, narrow, onFirst, person, refresh, store, watch } from "./store.js";
import { revealNext, storyPanel } from "./story.js";
import { termsPanel } from "./terms.js";
import { applyTheme } from "./theme.js";
import { tone } from "./tone.js";

const TABS = [["chat", "Chat"], ["cast", "Cast"], ["phones", "Phones"], ["story", "Story"], ["wire", "Wire"], ["terms", "What if"]];
const PANELS = { story: storyPanel, wire: inspector, terms: termsPanel };
const heard = { rings: "", messages: new Map() };

function page() {
  if (!store.state) return [h("div", { key: "wait", class: "empty first" }, "The sandbox is being read…")];
  return narrow() ? small() : wide();
}

function wide() {
  const { mode, panel } = store.ui;
  return [
    h("div", { key: "wide", class: `page wide ${mode} ${panel ? `with-${panel}` : ""}` }, topBar(), ringBanner(),
      h("div", { class: "middle" }, castList(), stage(), panel ? PANELS[panel]() : null), phoneTray()),
  ];
}

function small() {
  const { tab } = store.ui;
  const views = { chat: stage, cast: castList, phones: phoneTray, ...PANELS };
  return [h("div", { key: "small", class: `page small tab-${tab}` }, topBar(), ringBanner(), h("div", { class: "middle" }, views[tab]()), tabBar())];
}

function tabBar() {
  const pick = (tab) => () => {
    store.ui.tab = tab;
    changed();
  };
  return h("nav", { class: "tabs", "aria-label": "Parts of the page", on: { keydown: rove } }, TABS.map(([key, label]) =>
    h("button", { key, type: "button", "aria-current": store.ui.tab === key ? "page" : null, class: key === "phones" && ringing().length ? "loud" : "", on: { click: pick(key) } }, label)));
}

function draw() {
  patch(document.getElementById("page"), page());
  stayBelow();
  revealMessage();
  revealNext();
  giveFocusBack();
  const rings = ringing().map((call) => carrier(call.to)?.name || call.to).join(" and ");
  document.title = rings ? `☎ ${rings} — Frontdoor sandbox` : "Frontdoor sandbox";
  tone(Boolean(rings) && store.ui.sound);
  if (rings !== heard.rings) announce("alarm", rings ? `${rings}’s telephone rings` : "Nothing rings any more");
  heard.rings = rings;
  announceMessages();
}

function announce(id, text) {
  document.getElementById(id).textContent = text;
}

function announceMessages() {
  for (const { place, user } of columns()) {
    const key = place === "dm" ? user : place;
    const list = store.messages.get(key) || [];
    const last = list.reduce((best, message) => (message.ts > best.ts ? message : best), { ts: "" });
    const before = heard.messages.get(key);
    heard.messages.set(key, last.ts);
    if (before === undefined || last.ts <= before) continue;
    const where = lookOf(user).channels.get(place)?.name || "direct messages";
    announce("news", `${person(last.user)?.name || "Somebody"} in ${where}: ${last.text || "a message"}`);
  }
}

function heardOf(push) {
  if (push.now) keepTime(push);
  refresh();
}

applyTheme();
onFirst.push(followAddress);
watch(draw);
follow(heardOf, (up) => {
  store.linked = up;
  changed();
  if (up) refresh();
});
matchMedia("(max-width: 760px)").addEventListener("change", () => {
  changed();
  refresh();
});
setInterval(() => {
  if (store.anchor.rate || ringing().length) changed();
}, 1000);
refresh();
