// The picture of an answer: a line of time with open and closed hours, what each target counted, and everything that happens.
import { h } from "./dom.js";
import { rove } from "./people.js";
import { clockSeconds, clockTime, dayName } from "./time.js";

const HOUR = 3600000;
const STEPS = [HOUR / 6, HOUR, 2 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR, 48 * HOUR, 168 * HOUR];
const SIGNS = { person: "●", said: "✉", desk: "!", call: "☎", skip: "–", round: "↻", warned: "△", missed: "✕" };
const MOST_TICKS = 6;

/** The picture from `from` to `until` (milliseconds), moments in `zone`; `look` is told of the line that is pointed at. */
export function chart({ found, story, from, until, zone, chosen, look }) {
  const place = (moment) => (100 * (Date.parse(moment) - from)) / (until - from);
  return h("div", { class: "chart", key: `chart-${from}-${until}` },
    h("svg", { class: "chart-patterns", "aria-hidden": "true" }, h("defs", null,
      h("pattern", { id: "not-counted", width: 8, height: 8, patternUnits: "userSpaceOnUse" }, h("path", { d: "M0 8 L8 0", class: "hatch" })))),
    axis(from, until, zone),
    found.calendars.map((one) => row(one.name, one.open ? "open then" : "closed then", calendarBar(one, place))),
    found.targets.map((one) => row(one.words, `${one.amount}, due ${told(one.due, zone)}`, targetBar(one, place))),
    marks(story.lines.filter((line) => Date.parse(line.at) <= until), place, zone, chosen, look));
}

/** Wed 18 Nov 14:00 */
export const told = (moment, zone) => `${dayName(new Date(moment), zone)} ${clockTime(new Date(moment), zone)}`;

function axis(from, until, zone) {
  const step = STEPS.find((one) => (until - from) / one <= MOST_TICKS) || (until - from) / MOST_TICKS;
  const count = Math.floor((until - from) / step);
  const long = until - from > 30 * HOUR;
  return h("div", { class: "axis", "aria-hidden": "true" }, Array.from({ length: count + 1 }, (_, index) => {
    const moment = new Date(from + index * step);
    return h("span", { key: index, style: `left:${(100 * index * step) / (until - from)}%` }, long ? dayName(moment, zone).slice(0, 6) : "", " ", clockTime(moment, zone));
  }));
}

function row(name, words, bar) {
  return h("div", { class: "chart-row", key: name, role: "img", "aria-label": `${name}: ${words}` }, h("div", { class: "chart-name" }, h("b", null, name), " ", words), bar);
}

function bar(...parts) {
  return h("svg", { class: "bar", viewBox: "0 0 1000 10", preserveAspectRatio: "none", "aria-hidden": "true" }, parts);
}

function stretch(kind, start, end, place, fill) {
  const [left, right] = [Math.max(0, place(start)), Math.min(100, place(end))];
  return right > left ? h("rect", { key: `${kind}-${start}`, class: kind, x: left * 10, y: 0, width: (right - left) * 10, height: 10, fill }) : null;
}

function calendarBar(one, place) {
  return bar(h("rect", { class: "closed", x: 0, y: 0, width: 1000, height: 10, fill: "url(#not-counted)" }), one.spans.map(([start, end]) => stretch("open", start, end, place)));
}

function targetBar(one, place) {
  const line = (kind, moment) => (place(moment) <= 100 ? h("rect", { key: `${kind}-${moment}`, class: kind, x: Math.min(997, place(moment) * 10), y: 0, width: 3, height: 10 }) : null);
  return bar(one.segments.map((part) => stretch(part.counted ? "counted" : "rests", part.start, part.end, place, part.counted ? undefined : "url(#not-counted)")),
    one.warnings.map((warning) => line("warning", warning.at)), line("due", one.due));
}

function marks(lines, place, zone, chosen, look) {
  return h("div", { class: "marks", role: "group", "aria-label": "What happens", on: { keydown: rove } }, lines.map((line, index) => {
    const words = `${clockSeconds(new Date(line.at), zone)} ${line.words}`;
    const here = () => look(index);
    return h("button", { key: index, type: "button", class: `mark ${line.mark}`, style: `left:${place(line.at)}%`, title: words, "aria-label": words,
      tabindex: (chosen ?? 0) === index ? "0" : "-1", "aria-pressed": String(chosen === index), on: { focus: here, mouseenter: here, click: here } }, SIGNS[line.mark] || "•");
  }));
}
