// The telephones of the cast: a tray that shows every one of them, and a handset for each call.
import { post } from "./api.js";
import { h } from "./dom.js";
import { icon } from "./icon.js";
import { openMenu } from "./menu.js";
import { avatar, groupOf } from "./people.js";
import { changed, during, now, store } from "./store.js";
import { length } from "./time.js";

const LIVE = new Set(["queued", "initiated", "ringing", "in-progress"]);
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const HINTS = { 4: "yes", 5: "next", "*": "again" };
const MODES = [
  ["ring", "Rings, nobody picks up"], ["busy", "Is busy"], ["voicemail", "Voicemail picks up"],
  ["answer-silent", "Is picked up in silence"], ["unreachable", "Is switched off"], ["fail", "The call fails"],
];
const ENDED = { busy: "was busy", "no-answer": "rang out", canceled: "stopped ringing", failed: "could not be reached", completed: "call ended" };
const LINGER = 45;

const calls = () => store.state?.calls || [];

/** Calls that ring at this moment. */
export const ringing = () => calls().filter((call) => call.status === "ringing");

/** The person who carries a number. */
export const carrier = (number) => (store.state?.users || []).find((user) => user.phone === number);

/** The strip at the foot of the page: handsets of the calls, then every telephone. */
export function phoneTray() {
  const phones = (store.state?.users || []).filter((user) => user.phone);
  const shown = [...calls().filter(isShown).map(handset), ...(store.state?.sms || []).filter(isFresh).map(textMessage)];
  return h("section", { class: shown.length ? "phones live" : "phones", "aria-label": "Telephones" },
    shown.length ? h("div", { class: "handsets" }, shown) : null,
    h("div", { class: "phone-row" }, h("span", { class: "phone-title" }, "Telephones"), phones.map(phoneChip)));
}

function isShown(call) {
  if (LIVE.has(call.status)) return call.status !== "queued";
  if (store.ui.dismissed.has(call.sid)) return false;
  return ended(call) && (now() - Date.parse(call.ended_at)) / 1000 < LINGER && (call.transcript || []).some((line) => line.who !== "system");
}

const ended = (call) => Boolean(call.ended_at);

const isFresh = (text) => (now() - Date.parse(text.sent_at)) / 1000 < LINGER && !store.ui.dismissed.has(text.sid);

function textMessage(text) {
  const name = carrier(text.to)?.name || text.to;
  return h("article", { key: text.sid, class: "handset over", "aria-label": `Text message to ${name}` },
    h("div", { class: "handset-head" }, h("div", { class: "who" }, h("strong", null, name), h("span", null, "text message")),
      h("button", { type: "button", class: "icon", "aria-label": "Put the text message away", on: { click: () => dismiss(text) } }, icon("close"))),
    h("div", { class: "transcript" }, h("p", null, text.body)));
}

function phoneChip(user) {
  const call = calls().filter((one) => one.to === user.phone).pop();
  const mode = store.state?.behaviours?.[user.phone] || "ring";
  const state = call && LIVE.has(call.status) ? (call.status === "in-progress" ? "talking" : "ringing") : "";
  const words = { ringing: "rings", talking: "talking" }[state] || (mode === "ring" ? (call ? ENDED[call.status] || "" : "") : MODES.find(([key]) => key === mode)[1].toLowerCase());
  const items = MODES.map(([key, label]) => ({ label: `${key === mode ? "● " : "○ "}${label}`,
    run: () => during(`mode-${user.phone}`, () => post("phone/behaviour", { number: user.phone, mode: key })) }));
  return h("button", { key: user.id, type: "button", class: `phone-chip ${state} ${mode === "ring" ? "" : "set"}`, "aria-haspopup": "menu", "data-number": user.phone,
    "aria-label": `Telephone of ${user.name}${words ? `, ${words}` : ""}. Choose what it does by itself`, on: { click: (event) => openMenu(event.currentTarget, items) } },
    avatar(user, "small"), h("span", { class: "phone-name" }, user.name.split(" ")[0]), words && h("span", { class: "phone-state" }, words));
}

function handset(call) {
  const user = carrier(call.to);
  const name = user?.name || call.to;
  const live = LIVE.has(call.status);
  const cls = call.status === "ringing" || call.status === "initiated" ? "rings" : call.status === "in-progress" ? "talks" : "over";
  return h("article", { key: call.sid, class: `handset ${cls} ${groupOf(user)}`, "data-sid": call.sid, "data-to": call.to,
    "aria-label": `Telephone of ${name}`, on: { keydown: (event) => keyed(event, call) } },
    h("div", { class: "handset-head" },
      h("span", { class: "bell", "aria-hidden": "true" }, icon(live ? "phone" : "close")),
      h("div", { class: "who" }, h("strong", null, name), h("span", null, status(call))),
      !live && h("button", { type: "button", class: "icon", "aria-label": `Put away ${name}'s telephone`, on: { click: () => dismiss(call) } }, icon("close"))),
    transcript(call),
    live ? controls(call, name) : null);
}

function status(call) {
  const since = (moment) => length(Math.max(0, (now() - Date.parse(moment)) / 1000));
  if (call.status === "in-progress") return `Talking ${since(call.answered_at)}`;
  if (call.ended_at) return `${call.ended_as && ENDED[call.ended_as] ? ENDED[call.ended_as] : ENDED[call.status] || call.status}`;
  return `Ringing ${since(call.ringing_at || call.queued_at)} · ${call.to}`;
}

function transcript(call) {
  if (!call.transcript?.length) return null;
  const names = { bot: "Frontdoor", person: carrier(call.to)?.name.split(" ")[0] || "", system: "" };
  return h("div", { class: "transcript", tabindex: "0", "aria-label": "What was said", after: stick },
    call.transcript.map((line, index) => h("p", { key: index, class: line.who }, names[line.who] && h("b", null, `${names[line.who]}: `), line.text)));
}

function stick(node) {
  if (node.__lines === node.childElementCount) return;
  node.__lines = node.childElementCount;
  node.scrollTop = node.scrollHeight;
}

const doing = (verb, call, more = {}) => during(`${verb}-${call.sid}`, () => post(`phone/${verb}`, { number: call.to, ...more }));

function controls(call, name) {
  const first = name.split(" ")[0];
  if (call.status !== "in-progress") {
    return h("div", { class: "handset-buttons" },
      h("button", { key: "answer", type: "button", class: "round answer", "aria-label": `Answer ${first}'s telephone`, on: { click: () => answer(call) } }, "Answer"),
      h("button", { key: "busy", type: "button", class: "round decline", "aria-label": `Decline, ${first} is busy`, on: { click: () => doing("busy", call) } }, "Decline"),
      h("button", { key: "voicemail", type: "button", class: "round", "aria-label": `Let ${first}'s voicemail take it`, on: { click: () => doing("voicemail", call) } }, "Voicemail"));
  }
  return h("div", { class: "handset-buttons" },
    h("div", { key: "keypad", class: "keypad", role: "group", "aria-label": `Keypad of ${first}'s telephone` },
      KEYS.map((digit) => h("button", { key: digit, type: "button", "data-digit": digit, "aria-label": `Key ${digit === "*" ? "star" : digit === "#" ? "hash" : digit}`,
        on: { click: () => doing("press", call, { digit }) } }, digit, HINTS[digit] && h("small", { "aria-hidden": "true" }, HINTS[digit])))),
    h("button", { key: "hangup", type: "button", class: "round decline", on: { click: () => doing("hangup", call) } }, "Hang up"));
}

async function answer(call) {
  await doing("answer", call);
  setTimeout(() => document.querySelector(`[data-sid="${call.sid}"] [data-digit="4"]`)?.focus(), 120);
}

function keyed(event, call) {
  if (call.status !== "in-progress" || event.ctrlKey || event.metaKey || event.altKey || !KEYS.includes(event.key)) return;
  event.preventDefault();
  doing("press", call, { digit: event.key });
}

function dismiss(call) {
  store.ui.dismissed.add(call.sid);
  changed();
}

/** The loud line below the top bar while anything rings; pressing it leads to the telephone. */
export function ringBanner() {
  const list = ringing();
  if (!list.length) return null;
  const names = list.map((call) => carrier(call.to)?.name || call.to).join(" and ");
  const lead = () => {
    store.ui.tab = "phones";
    changed();
    requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector(".handset.rings .answer")?.focus()));
  };
  return h("button", { key: "ring-banner", type: "button", class: "ring-banner", on: { click: lead } }, h("span", { class: "bell" }, icon("phone")), ` ${names}’s telephone rings`, h("span", { class: "tail" }, " — answer it, or let it ring"));
}
