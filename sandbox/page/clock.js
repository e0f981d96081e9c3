// The top bar: what time it is in the sandbox, how to move it, and whether a bot is there.
import { post } from "./api.js";
import { say } from "./dialog.js";
import { h } from "./dom.js";
import { icon } from "./icon.js";
import { openMenu } from "./menu.js";
import { changed, during, keepTime, now, refresh, store } from "./store.js";
import { clockSeconds, dayName, HOME_ZONE, zoneCity } from "./time.js";
import { nextTheme, theme } from "./theme.js";
import { allowSound } from "./tone.js";

const SKIPS = [[60, "1 min"], [300, "5 min"], [1800, "30 min"]];

/** The bar across the top. */
export function topBar() {
  return h("header", { class: "top" },
    h("div", { class: "brand" }, h("span", { class: "door", "aria-hidden": "true" }), h("h1", null, "Frontdoor ", h("span", null, "sandbox"))),
    clock(), movers(), h("div", { class: "top-gap" }), bots(), switches());
}

function clock() {
  const moment = now();
  const { stands } = store.ui;
  return h("div", { class: stands ? "now stands" : "now", role: "timer", "aria-label": "Sandbox time", title: stands ? "The sandbox’s clock stands still" : "The sandbox’s clock runs" },
    h("span", { class: "clock-day" }, dayName(moment, HOME_ZONE)), h("span", { class: "clock-time" }, clockSeconds(moment, HOME_ZONE)),
    h("span", { class: "clock-zone" }, zoneCity(HOME_ZONE)));
}

function movers() {
  const busy = Boolean(store.ui.skipping);
  const button = (key, label, words, work) => h("button", { key, type: "button", class: "btn small", "aria-label": words, title: words, disabled: busy,
    on: { click: () => move(key, work) } }, label);
  return h("div", { class: busy ? "movers busy" : "movers", role: "group", "aria-label": "Move the clock" },
    h("span", { class: "movers-title" }, "skip"),
    SKIPS.map(([seconds, label]) => button(`skip-${seconds}`, label, `Skip ${seconds / 60} ${seconds === 60 ? "minute" : "minutes"}`, () => post("story/skip", { seconds }))),
    button("night", [icon("moon"), " night"], "Skip to 23:00 in Karachi", () => post("clock/night")), runButton());
}

function runButton() {
  const { stands } = store.ui;
  const toggle = () => during("rate", async () => keepTime({ now: now().toISOString(), ...(await post("clock/rate", { rate: stands ? 1 : 0 })), rate: stands ? 1 : 0 }));
  return h("button", { key: "rate", type: "button", class: "btn small", "aria-pressed": String(stands), title: stands ? "Let the clock run" : "Let the clock stand still", on: { click: toggle } }, stands ? [icon("play"), " run"] : [icon("pause"), " pause"]);
}

async function move(key, work) {
  store.ui.skipping = key;
  changed();
  try {
    const answer = await work();
    if (answer.stopped) say(answer.stopped);
  } catch (error) {
    say(error.message, true);
  }
  store.ui.skipping = null;
  changed();
  refresh();
}

function bots() {
  const list = store.state?.bots || [];
  const up = list.filter((bot) => bot.connected);
  if (!up.length && store.state?.slack?.connected) up.push({ name: "bot", connected: true });
  const words = !store.linked ? "Sandbox unreachable" : up.length ? (up.length > 1 ? `${up.length} bots connected` : [h("span", { class: "roomy" }, "Bot connected"), h("span", { class: "tight" }, "Bot")]) : "No bot connected";
  const title = list.map((bot) => `${bot.name}: ${bot.connected ? "connected" : "gone"}`).join("\n");
  return h("div", { class: `bots ${up.length && store.linked ? "up" : "down"}`, role: "status", title: title || "No bot connected" }, h("span", { class: "lamp" }), h("span", null, words));
}

function switches() {
  const mode = (value, label) => h("button", { key: value, type: "button", "aria-pressed": String(store.ui.mode === value), on: { click: () => set({ mode: value, tab: "chat" }) } }, label);
  const panel = (value, label) => h("button", { key: value, type: "button", "aria-pressed": String(store.ui.panel === value),
    on: { click: () => set({ panel: store.ui.panel === value ? null : value }) } }, label);
  return h("div", { class: "switches" },
    h("div", { class: "segment", role: "group", "aria-label": "View" }, mode("stage", "Side by side"), mode("person", "One person")),
    h("div", { class: "segment", role: "group", "aria-label": "Panel" }, panel("story", "Story"), panel("wire", "Wire"), panel("terms", "What if?")),
    h("button", { type: "button", class: "icon", "aria-label": "Settings", title: "Settings", "aria-haspopup": "menu", on: { click: (event) => openMenu(event.currentTarget, settings()) } }, icon("gear")));
}

function set(change) {
  Object.assign(store.ui, change);
  changed();
  refresh();
}

function settings() {
  return [
    { label: store.ui.sound ? "Ringing tone: on" : "Ringing tone: off", run: toggleSound },
    { label: `Colours: ${theme()}`, run: nextTheme },
    { label: "Begin anew…", danger: true, run: beginAnew },
  ];
}

function toggleSound() {
  store.ui.sound = !store.ui.sound;
  if (store.ui.sound) allowSound();
  changed();
}

/** A fresh world, after a question. */
export async function beginAnew() {
  const { ask } = await import("./dialog.js");
  const yes = await ask({ title: "Begin anew?", body: "All messages, calls and the wire log go, and it is 14:00 again. The bot keeps its records; for a wholly fresh start, start the demo again.", yes: "Begin anew", no: "Keep", danger: true });
  if (!yes) return;
  store.log = [];
  store.drafts.clear();
  store.seen.clear();
  await during("reset", () => post("reset"));
}
