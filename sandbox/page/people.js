// The cast: who can be acted as, grouped by what they do, with marks for what they have not seen yet.
import { h } from "./dom.js";
import { BOT, changed, onFirst, person, refresh, stackOf, store } from "./store.js";

const GROUPS = [
  ["clients", "Clients", /^client/], ["support", "Support", /^support/],
  ["leads", "Leads", /lead/], ["developers", "Developers", /^developer/], ["others", "Others", /.*/],
];

/** The group of a person: clients, support, leads, developers, others, or bot. */
export function groupOf(user) {
  if (!user) return "others";
  if (user.id === BOT) return "bot";
  return GROUPS.find(([, , pattern]) => pattern.test(user.role || ""))[0];
}

/** A square with initials in the colour of the group. */
export function avatar(user, size = "") {
  const initials = user?.id === BOT ? "F" : (user?.name || "?").slice(0, 2);
  return h("span", { class: `avatar ${groupOf(user)} ${size}`, "aria-hidden": "true" }, initials);
}

/** Everybody a visitor can act as, grouped. */
export function cast() {
  const users = (store.state?.users || []).filter((user) => user.id !== BOT && !user.is_bot);
  return GROUPS.map(([key, title]) => ({ key, title, users: users.filter((user) => groupOf(user) === key) })).filter((group) => group.users.length);
}

/** The places a person can look at: channels, the conversation with the bot, and the App Home. */
export function placesOf(userId) {
  const channels = (store.state?.channels || []).filter((one) => !one.is_im && (one.members || []).includes(userId));
  return [
    ...channels.map((one) => ({ id: one.id, name: one.name, label: `# ${one.name}`, shared: one.is_ext_shared })),
    { id: "dm", name: "Frontdoor", label: "Frontdoor (direct)" }, { id: "home", name: "App Home", label: "Frontdoor (Home)" },
  ];
}

const latestOf = (userId, place) => {
  const one = place === "dm" ? person(userId)?.direct : (store.state?.channels || []).find((item) => item.id === place);
  return one?.latest_ts || "";
};

/** Remember that a person has seen what is in a place. */
export function sawPlace(userId, place) {
  const latest = latestOf(userId, place);
  if (latest) store.seen.set(`${userId}/${place}`, latest);
}

/** When the page opens nothing counts as unread. */
onFirst.push(() => {
  for (const user of store.state.users) for (const place of placesOf(user.id)) sawPlace(user.id, place.id);
});

/** Whether a place holds something this person has not looked at. */
export function unread(userId, place) {
  const latest = latestOf(userId, place);
  return Boolean(latest) && latest > (store.seen.get(`${userId}/${place}`) || "");
}

/** What waits for a person: an open modal, a ringing telephone, a direct message, or nothing. */
export function waiting(userId) {
  if ((store.state?.calls || []).some((call) => call.status === "ringing" && call.to === person(userId)?.phone)) return "rings";
  if (stackOf(userId).length) return "modal";
  return [homeRoom(userId), "dm"].some((place) => unread(userId, place)) ? "unread" : "";
}

/** The channel in which a person mostly works. */
function homeRoom(userId) {
  const room = { support: "C0SUPPORT1", leads: "C0ESCALATE", developers: "C0ESCALATE" }[groupOf(person(userId))];
  return room || placesOf(userId)[0]?.id || "dm";
}

const MARKS = { rings: "telephone rings", modal: "has a window open", unread: "has something unread" };

/** The list of the cast at the left. */
export function castList() {
  const current = store.ui.mode === "person" ? store.ui.single.user : null;
  const groups = cast().map((group) => h("div", { key: group.key, class: "cast-group", role: "group", "aria-label": group.title },
    h("div", { class: "cast-title" }, group.title), group.users.map((user) => castButton(user, user.id === current))));
  return h("nav", { class: "cast", "aria-label": "Act as", on: { keydown: rove } }, groups);
}

/** The one person that Tab leads to; arrows lead on. */
const roving = () => store.ui.rove || (store.ui.mode === "person" ? store.ui.single.user : cast()[0]?.users[0]?.id);

function castButton(user, current) {
  const mark = waiting(user.id);
  const label = mark ? `${user.name}, ${MARKS[mark]}` : user.name;
  const focus = () => {
    store.ui.rove = user.id;
    changed();
  };
  return h("button", { key: user.id, type: "button", class: "cast-person", tabindex: user.id === roving() ? "0" : "-1", title: user.name, "aria-label": label, "data-user": user.id,
    "aria-current": current ? "true" : null, on: { click: () => actAs(user.id), focus } },
    avatar(user), h("span", { class: "cast-name" }, user.name), mark && h("span", { class: `mark is-${mark}` }));
}

/** Look at the world as one person. */
export function actAs(userId, place) {
  store.ui.single = { ...store.ui.single, user: userId, place: place || homeRoom(userId), thread: null, edit: null };
  store.ui.mode = "person";
  store.ui.tab = "chat";
  changed();
  refresh();
}

/** Arrow keys move among the buttons of a list. */
export function rove(event) {
  const step = { ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step || event.target.localName !== "button") return;
  const items = [...event.currentTarget.querySelectorAll("button:not([disabled])")];
  const next = items[(items.indexOf(event.target) + step + items.length) % items.length];
  event.preventDefault();
  next?.focus();
}
