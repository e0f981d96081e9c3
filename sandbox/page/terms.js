// The panel "What would happen?": a client, a severity and a moment go to the bot's own command; its answer is drawn and listed.
import { post } from "./api.js";
import { chart, told } from "./chart.js";
import { h } from "./dom.js";
import { changed, now } from "./store.js";
import { clockSeconds, dayName, localInput, zoneCity } from "./time.js";

const RANGES = [[1, "1 hour"], [6, "6 hours"], [24, "1 day"], [0, "All"]];
const HOUR = 3600000;
const asked = { clients: null, client: null, severity: "S2", at: "", urgent: false, found: null, error: "", busy: false, story: 0, range: 6, chosen: null };

/** The panel at the right. */
export function termsPanel() {
  if (!asked.clients && !asked.busy && !asked.error) readClients();
  return h("aside", { class: "panel terms", "aria-label": "What would happen?" },
    h("header", null, h("h2", null, "What would happen?"), h("p", null, "If this client wrote at this moment, and nobody answered its telephone.")),
    asked.clients && form(),
    asked.error && h("p", { class: "error", role: "alert" }, asked.error),
    asked.busy && h("p", { class: "asking", role: "status" }, "The bot is asked…"),
    asked.found && answer(asked.found));
}

const client = () => asked.clients.find((one) => one.key === asked.client);

async function readClients() {
  await ask("terms/clients", {}, (answered) => {
    asked.clients = answered.clients;
    choose(asked.clients[0].key);
  });
}

function choose(key) {
  asked.client = key;
  asked.at = localInput(now().getTime() / 1000, client().zone);
}

async function ask(path, body, took) {
  Object.assign(asked, { busy: true, error: "" });
  changed();
  try {
    took(await post(path, body));
  } catch (error) {
    asked.error = error.message;
  }
  asked.busy = false;
  changed();
}

function form() {
  const set = (name, value) => {
    if (name === "client") choose(value);
    else asked[name] = value;
    changed();
  };
  const field = (name, label, input) => h("label", { class: "asked", key: name }, h("span", null, label), input);
  const pick = (name, options) => h("select", { class: "select", "data-asked": name, on: { change: (event) => set(name, event.target.value) } },
    options.map(([value, label]) => h("option", { key: value, value, selected: asked[name] === value ? true : null }, label)));
  const show = (event) => {
    event.preventDefault();
    const { client: key, severity, at, urgent } = asked;
    ask("terms/explain", { client: key, severity, at, urgent }, ({ found }) => Object.assign(asked, { found, story: 0, chosen: null }));
  };
  return h("form", { class: "asking-for", on: { submit: show } },
    field("client", "Client", pick("client", asked.clients.map((one) => [one.key, one.name]))),
    field("severity", "Severity", pick("severity", ["S1", "S2", "S3", "S4"].map((one) => [one, `Severity ${one.slice(1)}`]))),
    field("at", `Moment in ${zoneCity(client().zone)}`, h("input", { class: "text-input", type: "datetime-local", "data-asked": "at", key: asked.client, initial: asked.at, required: true, on: { input: (event) => set("at", event.target.value) } })),
    h("label", { class: "choice" }, h("input", { type: "checkbox", on: { change: (event) => set("urgent", event.target.checked) } }), "Flagged out of hours"),
    h("button", { type: "submit", class: "btn primary", disabled: asked.busy }, "Show"));
}

function answer(found) {
  const { zone } = found.client;
  const from = Date.parse(found.at);
  const until = asked.range ? from + asked.range * HOUR : Date.parse(found.until);
  const story = found.stories[asked.story];
  const look = (index) => {
    if (asked.chosen === index) return;
    asked.chosen = index;
    changed();
  };
  const line = story.lines[asked.chosen];
  return h("section", { class: "answer", "aria-label": "Answer" },
    h("p", { class: "of" }, h("b", null, found.client.name), `, Severity ${found.severity.slice(1)}, ${told(found.at, zone)} ${zoneCity(zone)}. Terms ${found.terms}.`),
    found.intensive && h("p", null, "Its intensive period: the response is due sooner."),
    h("div", { class: "choosing" }, chooser("story", "Story", found.stories.map((_, index) => [index, index === found.stories.length - 1 ? "Nobody acts" : "Support escalates"])), chooser("range", "How far", RANGES)),
    h("p", { class: "assumed" }, `${story.title}.`),
    chart({ found, story, from, until, zone, chosen: asked.chosen, look }),
    h("p", { class: "pointed", role: "status" }, line ? `${dayName(new Date(line.at), zone)} ${clockSeconds(new Date(line.at), zone)} · ${line.rule} ${line.words}` : "Point at a sign, or go through them with the arrow keys."),
    h("details", { key: "why" }, h("summary", null, "Why these times"), found.targets.map((target) => reasons(target, zone))),
    h("details", { key: "lines" }, h("summary", null, "Everything in words"), h("ol", { class: "lines" }, story.lines.map((one, index) => h("li", { key: index }, h("time", null, `${dayName(new Date(one.at), zone)} ${clockSeconds(new Date(one.at), zone)}`), ` ${one.rule} ${one.words}`)))),
    found.notes.map((note) => h("p", { class: "hint", key: note }, note)));
}

function chooser(name, label, options) {
  const set = (value) => () => {
    Object.assign(asked, { [name]: value, chosen: null });
    changed();
  };
  return h("div", { class: "segment", role: "group", "aria-label": label }, options.map(([value, words]) =>
    h("button", { key: value, type: "button", "aria-pressed": String(asked[name] === value), on: { click: set(value) } }, words)));
}

function reasons(target, zone) {
  return h("div", { class: "reasons", key: target.kind }, h("p", null, h("b", null, `${told(target.due, zone)}: ${target.words}`), `, ${target.amount}`),
    h("ul", null, target.segments.map((part, index) => h("li", { key: index, class: part.counted ? "counts" : "" },
      `${told(part.start, zone)} to ${told(part.end, zone)}: ${part.counted ? `${part.why}, counts` : `does not count: ${part.why}`}`))));
}
