// The page's own signs, drawn here: they look the same on every machine.
import { h } from "./dom.js";

const PATHS = {
  clip: "M14.5 7.5 8.7 13.3a2 2 0 0 1-2.8-2.8l6-6a3.4 3.4 0 0 1 4.8 4.8l-6.2 6.2a4.9 4.9 0 0 1-6.9-6.9L9 3.2",
  moon: "M15.5 12.3A6.6 6.6 0 0 1 7.7 4.5a6.6 6.6 0 1 0 7.8 7.8Z",
  pause: "M7 4.5v11M13 4.5v11",
  play: "M6.5 4.5 15 10l-8.5 5.5Z",
  eye: "M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5Zm7.5 2.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4Z",
  reply: "M8 5 3.5 9.5 8 14M4 9.5h7a5 5 0 0 1 5 5V16",
  more: "M4.5 10h.01M10 10h.01M15.5 10h.01",
  send: "M3.5 4 17 10 3.5 16l2-6Zm2 6H10",
  close: "M5.5 5.5l9 9m0-9-9 9",
  gear: "M10 12.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM10 2.5v2M10 15.5v2M2.5 10h2M15.5 10h2M4.7 4.7l1.4 1.4M13.9 13.9l1.4 1.4M15.3 4.7l-1.4 1.4M6.1 13.9l-1.4 1.4",
  phone: "M5 3.5h2.6l1.2 3.4-1.7 1.3a9.4 9.4 0 0 0 4.7 4.7l1.3-1.7 3.4 1.2V15a1.6 1.6 0 0 1-1.7 1.6A12 12 0 0 1 3.4 5.2 1.6 1.6 0 0 1 5 3.5Z",
  edit: "M4 16h3l8.5-8.5-3-3L4 13Zm7-10 3 3",
  shared: "M3.5 7h12l-3-3m4 9h-12l3 3",
};

/** One sign, silent for a screen reader: its button has the words. */
export function icon(name) {
  return h("svg", { class: `sign sign-${name}`, viewBox: "0 0 20 20", "aria-hidden": "true" }, h("path", { d: PATHS[name] }));
}
