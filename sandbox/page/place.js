// The address of the page can name a message, `#CHANNEL/ts`, as the permalinks do: it is brought into sight.
import { placesOf } from "./people.js";
import { changed, narrow, person, refresh, store } from "./store.js";

let wanted = null;

/** Show the channel that the address names, in a column that has it or may have it; the message follows once it is read. */
export function followAddress() {
  const [, channel, ts] = /^#([A-Z0-9]+)\/(\d+\.\d+)$/.exec(location.hash) || [];
  if (!channel || !store.state) return;
  const list = store.ui.mode === "person" ? [store.ui.single] : store.ui.columns;
  const column = list.find((one) => placeIn(one.user, channel) === one.place) || list.findLast((one) => placeIn(one.user, channel));
  if (!column) return;
  const place = placeIn(column.user, channel);
  if (column.place !== place) Object.assign(column, { place, thread: null, edit: null, unfolded: null, files: [] });
  if (narrow()) Object.assign(store.ui, { tab: "chat", front: Math.max(0, store.ui.columns.indexOf(column)) });
  history.replaceState(null, "", location.pathname); // the same address, asked for again, is a change again
  wanted = { column: column.id, place, ts, user: column.user };
  changed();
  refresh();
}

/** Where a person finds a conversation: the channel, "dm" for their talk with the bot, or nowhere. */
function placeIn(userId, channel) {
  if (person(userId)?.direct?.id === channel) return "dm";
  return placesOf(userId).find((place) => place.id === channel)?.id;
}

/** Bring the message that was asked for into sight, as soon as it is drawn; a reply that is folded away is unfolded. */
export function revealMessage() {
  if (!wanted) return;
  const column = [...store.ui.columns, store.ui.single].find((one) => one.id === wanted.column);
  const list = store.messages.get(wanted.place === "dm" ? wanted.user : wanted.place);
  if (!list) return;
  const message = list.find((one) => one.ts === wanted.ts);
  const node = document.querySelector(`[data-column="${wanted.column}"] [data-ts="${wanted.ts}"]`);
  if (message && !node && column.unfolded !== message.thread_ts) {
    column.unfolded = message.thread_ts;
    changed();
    return;
  }
  wanted = null;
  if (!node) return;
  node.closest(".messages").__below = false;
  node.scrollIntoView({ block: "center" });
  node.focus({ preventScroll: true });
}

addEventListener("hashchange", followAddress);
