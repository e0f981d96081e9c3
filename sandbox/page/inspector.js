// The inspector: what went over the wire, newest first; a click opens request and response.
import { h } from "./dom.js";
import { cast, rove } from "./people.js";
import { changed, person, store } from "./store.js";
import { clockSeconds, HOME_ZONE } from "./time.js";

const MOST = 250;
const ARROWS = { in: "→", out: "←", person: "•" };
const SAID = { in: "bot to sandbox", out: "sandbox to bot", person: "by a person" };

/** The panel at the right. */
export function inspector() {
  const list = store.log.filter(wanted);
  return h("aside", { class: "panel wire", "aria-label": "Wire log" },
    h("header", null, h("h2", null, "Over the wire"), filters()),
    h("div", { class: "wire-count" }, `${list.length} of ${store.log.length}`),
    h("ol", { class: "entries", on: { keydown: rove } }, list.slice(-MOST).reverse().map(entry)));
}

function wanted(item) {
  const { service, person: who, text } = store.ui.filter;
  if (service && item.service !== service) return false;
  if (who && !concerns(item, who)) return false;
  return !text || `${item.kind} ${item.summary}`.toLowerCase().includes(text.toLowerCase());
}

function concerns(item, userId) {
  if (item.__all === undefined) item.__all = JSON.stringify([item.summary, item.request, item.response]);
  const phone = person(userId)?.phone;
  return item.__all.includes(userId) || Boolean(phone && item.__all.includes(phone));
}

function filters() {
  const set = (name) => (event) => {
    store.ui.filter = { ...store.ui.filter, [name]: event.target.value };
    changed();
  };
  const services = [["", "All services"], ["slack", "Slack"], ["twilio", "Twilio"], ["clock", "Clock"], ["control", "Control"]];
  return h("div", { class: "filters" },
    h("select", { class: "select", "aria-label": "Service", on: { change: set("service") } }, services.map(([value, label]) => h("option", { key: value, value }, label))),
    h("select", { class: "select", "aria-label": "Person", on: { change: set("person") } }, h("option", { value: "", key: "all" }, "Everybody"),
      cast().flatMap((group) => group.users).map((user) => h("option", { key: user.id, value: user.id }, user.name))),
    h("input", { class: "text-input", type: "search", placeholder: "kind, e.g. chat.update", "aria-label": "Kind or words", on: { input: set("text") } }));
}

function entry(item, place) {
  const first = place === 0;
  const focus = () => {
    store.ui.entryRove = item.n;
    changed();
  };
  const open = store.ui.entry === item.n;
  const toggle = () => {
    store.ui.entry = open ? null : item.n;
    changed();
  };
  return h("li", { key: item.n, class: `entry of-${item.service} ${item.ok ? "" : "bad"}` },
    h("button", { type: "button", tabindex: first || store.ui.entryRove === item.n ? "0" : "-1", "aria-expanded": String(open), on: { click: toggle, focus } },
      h("span", { class: "entry-time" }, clockSeconds(new Date(item.at), HOME_ZONE)),
      h("span", { class: `arrow ${item.direction}`, role: "img", "aria-label": SAID[item.direction] || "" }, ARROWS[item.direction] || ""),
      h("span", { class: "entry-words" }, h("b", null, item.kind), " ", item.summary),
      !item.ok && h("span", { class: "entry-bad" }, "failed")),
    open && h("div", { class: "entry-more" }, json("request", item.request), json("response", item.response)));
}

function json(title, value) {
  if (!value || !Object.keys(value).length) return null;
  return h("div", { key: title }, h("div", { class: "json-title" }, title), h("pre", { class: "json", tabindex: "0" }, JSON.stringify(value, null, 2)));
}
