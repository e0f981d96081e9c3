// The columns: each shows one place through the eyes of one person.
import { composer } from "./composer.js";
import { h } from "./dom.js";
import { icon } from "./icon.js";
import { conversation } from "./message.js";
import { appHome, modal, openHome } from "./modal.js";
import { actAs, avatar, cast, groupOf, placesOf, rove, sawPlace, unread, waiting } from "./people.js";
import { changed, columns, narrow, now, person, refresh, stackOf, store } from "./store.js";
import { clockTime, zoneCity } from "./time.js";

/** The middle of the page. */
export function stage() {
  const shown = columns();
  return h("main", { class: `stage ${store.ui.mode}`, "aria-label": "Conversations" },
    narrow() && store.ui.mode === "stage" ? columnTabs() : null,
    store.ui.mode === "person" ? placeList(store.ui.single) : null,
    shown.map(column));
}

function columnTabs() {
  return h("div", { key: "tabs", class: "column-tabs", role: "tablist", "aria-label": "Whose view", on: { keydown: rove } }, store.ui.columns.map((one, index) => {
    const user = person(one.user);
    const pick = () => {
      store.ui.front = index;
      changed();
      refresh();
    };
    const mark = waiting(one.user);
    return h("button", { key: one.id, type: "button", role: "tab", "aria-selected": String(store.ui.front === index), on: { click: pick } },
      avatar(user, "small"), user?.name.split(" ")[0], mark && h("span", { class: `mark is-${mark}` }));
  }));
}

function placeList(column) {
  const places = placesOf(column.user).map((place) => h("button", { key: place.id, type: "button", class: "place", "aria-current": place.id === column.place ? "true" : null,
    on: { click: () => go(column, column.user, place.id) } }, place.label, place.shared && h("span", { class: "shared", title: "Shared with a client" }, icon("shared")),
    unread(column.user, place.id) && h("span", { class: "mark is-unread" })));
  return h("nav", { key: "places", class: "places", "aria-label": `Places of ${person(column.user)?.name}`, on: { keydown: rove } }, places);
}

function go(column, user, place) {
  Object.assign(column, { user, place, thread: null, edit: null, unfolded: null, files: [] });
  changed();
  refresh();
  if (place === "home") openHome(user);
}

function column(one) {
  const user = person(one.user);
  const stack = stackOf(one.user);
  const key = one.place === "dm" ? one.user : one.place;
  sawPlace(one.user, one.place);
  return h("section", { key: one.id, class: `column ${groupOf(user)}`, "data-column": one.id, "aria-label": `${user?.name || ""} sees ${placeLabel(one)}` },
    h("div", { key: "behind", class: "column-behind", inert: stack.length > 0 },
      columnHead(one, user),
      one.place === "home" ? h("div", { key: `home-${one.user}`, class: "messages" }, appHome(one, store.homes.get(one.user)))
        : h("div", { key: `list-${one.user}-${key}`, class: "messages", tabindex: "0", role: "log", "aria-live": "off", "aria-label": placeLabel(one),
          on: { keydown: moveAmong, scroll: (event) => notePlace(event.currentTarget) } }, listed(one, key)),
      composer(one)),
    stack.length ? modal(one, stack) : null);
}

function listed(one, key) {
  const list = store.messages.get(key);
  if (!list) return h("div", { key: "wait", class: "empty" }, "Reading…");
  if (!list.length) return h("div", { key: "none", class: "empty" }, EMPTY[one.place] || (groupOf(person(one.user)) === "clients" ? "Nothing here yet. Write below: a message opens a request." : "Nothing here yet."));
  return conversation(one, list);
}

const EMPTY = { C0SUPPORT1: "Every request gets a card here.", C0ESCALATE: "Every escalated request gets a card here.", dm: "Frontdoor has written nothing here yet." };
const placeLabel = (one) => placesOf(one.user).find((place) => place.id === one.place)?.label || "";

function columnHead(one, user) {
  const people = cast().map((group) => h("optgroup", { key: group.key, label: group.title }, group.users.map((each) => h("option", { key: each.id, value: each.id }, each.name))));
  const places = placesOf(one.user).map((place) => h("option", { key: place.id, value: place.id }, place.label + (unread(one.user, place.id) ? " •" : "")));
  const become = (event) => {
    const next = event.target.value;
    const stays = placesOf(next).some((place) => place.id === one.place);
    if (store.ui.mode === "person") actAs(next);
    else go(one, next, stays ? one.place : placesOf(next)[0]?.id || "dm");
  };
  return h("div", { key: "head", class: "column-head" }, avatar(user),
    h("div", { class: "column-who" },
      h("div", { class: "column-line" },
        h("select", { class: "bare strong", "aria-label": "Who looks", after: shows(one.user), on: { change: become } }, people)),
      h("div", { class: "column-line" }, h("select", { class: "bare", "aria-label": "Which place", after: shows(one.place), on: { change: (event) => go(one, one.user, event.target.value) } }, places),
        h("span", { class: "local" }, `${clockTime(now(), user?.tz)} ${zoneCity(user?.tz)}`))));
}

/** Keeps a choice at what is really shown, without giving up the focus. */
const shows = (value) => (node) => {
  if (node.value !== value) node.value = value;
};

/** Every list that was at its end stays at its end, whatever came or changed its size. */
export function stayBelow() {
  for (const node of document.querySelectorAll(".messages[role=log]")) {
    if (node.__below !== false) node.scrollTop = node.scrollHeight;
  }
}

function notePlace(node) {
  node.__below = node.scrollHeight - node.scrollTop - node.clientHeight < 60;
}

function moveAmong(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const here = event.target;
  if (!step || !(here.matches(".message") || here === event.currentTarget)) return;
  const all = [...event.currentTarget.querySelectorAll(".message")];
  const at = all.indexOf(here);
  const next = at < 0 ? all[all.length - 1] : all[at + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}
