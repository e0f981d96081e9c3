// One message with its replies, as one person sees it, and what can be done with it.
import { post } from "./api.js";
import { blocks } from "./blocks.js";
import { ask } from "./dialog.js";
import { h } from "./dom.js";
import { emoji, QUICK } from "./emoji.js";
import { icon } from "./icon.js";
import { openMenu } from "./menu.js";
import { mrkdwn } from "./mrkdwn.js";
import { avatar, groupOf } from "./people.js";
import { acted, BOT, changed, channel, during, lookOf, person, store } from "./store.js";
import { clockTime, dayName, tsDate } from "./time.js";

/** How many replies are shown before the earlier ones fold away: a client reads all, a card keeps its buttons in sight. */
const FOLD = { shared: 12, internal: 3 };

/** The messages of a place, oldest first, replies below their parent. */
export function conversation(column, list) {
  const look = lookOf(column.user);
  const mine = list.filter((message) => ephemeralTo(message) === column.user && !store.ui.dismissed.has(message.ts));
  const newest = mine[mine.length - 1];
  const visible = list.filter((message) => !message.hidden && (!ephemeralTo(message) || message === newest));
  const parents = new Set(visible.map((message) => message.ts));
  const isReply = (message) => message.thread_ts && message.thread_ts !== message.ts && parents.has(message.thread_ts);
  let day = "";
  return visible.filter((message) => !isReply(message)).flatMap((message) => {
    const today = dayName(tsDate(message.ts), look.zone);
    const divider = today === day ? null : h("div", { key: `day-${today}`, class: "day" }, today);
    day = today;
    return [divider, thread(column, message, visible.filter((reply) => isReply(reply) && reply.thread_ts === message.ts), look)];
  });
}

const ephemeralTo = (message) => message.ephemeral_to || (message.is_ephemeral && message.ephemeral_user) || "";

function thread(column, parent, replies, look) {
  const most = channel(column.place)?.is_ext_shared ? FOLD.shared : FOLD.internal;
  const open = column.unfolded === parent.ts || replies.length <= most;
  const shown = open ? replies : replies.slice(-2);
  const unfold = () => {
    column.unfolded = parent.ts;
    changed();
  };
  return h("div", { key: parent.ts, class: "thread" },
    messageView(column, parent, look),
    replies.length ? h("div", { class: "replies" },
      !open && h("button", { key: "more", type: "button", class: "linkish", on: { click: unfold } }, `Show ${replies.length - 2} earlier replies`),
      shown.map((reply) => messageView(column, reply, look))) : null);
}

function messageView(column, message, look) {
  const author = authorOf(message);
  const when = tsDate(message.ts);
  const secret = ephemeralTo(message);
  return h("article", { key: message.ts, class: `message ${secret ? "ephemeral" : ""}`, tabindex: "-1", "data-ts": message.ts, on: { keydown: (event) => opens(event, column, message, secret) },
    "aria-label": `${author.name} at ${clockTime(when, look.zone)}` },
    avatar(author),
    h("div", { class: "message-main" },
      secret && h("div", { class: "only-you" }, icon("eye"), " Only visible to ", person(column.user)?.name.split(" ")[0] || "you",
        h("button", { type: "button", class: "linkish", on: { click: () => dismiss(message) } }, "Dismiss")),
      h("div", { class: "message-head" },
        h("span", { class: "author" }, author.name),
        (author.id === BOT || author.is_bot) && h("span", { class: "badge" }, "APP"),
        groupOf(author) === "clients" && h("span", { class: "badge client" }, "CLIENT"),
        h("time", { datetime: when.toISOString(), title: `${dayName(when, look.zone)} ${clockTime(when, look.zone)}` }, clockTime(when, look.zone)),
        message.edited && h("span", { class: "edited" }, "(edited)")),
      h("div", { class: "message-body" }, body(column, message, look)),
      files(message), reactions(column, message)),
    tools(column, message, secret));
}

function authorOf(message) {
  return person(message.user) || { id: message.user || message.bot_id || "?", name: message.username || "Somebody", is_bot: Boolean(message.bot_id) };
}

function body(column, message, look) {
  const quiet = (message.blocks || []).every((block) => block.type === "rich_text");
  if (!message.blocks?.length || (quiet && message.text)) return h("div", { class: "text" }, mrkdwn(message.text, look));
  const place = column.place === "dm" ? message.channel || column.user : column.place;
  const ctx = {
    look, surface: "message", scope: `m-${column.id}-${message.ts}`,
    busy: (block, item) => store.ui.busy.has(`${message.ts}/${item.action_id}/${column.user}`),
    act: (item, block, payload) => acted(`${message.ts}/${item.action_id}/${column.user}`, () =>
      post("interact", { user: column.user, channel: place, ts: message.ts, action_id: item.action_id, block_id: block.block_id, ...payload })),
  };
  return blocks(message.blocks, ctx);
}

function files(message) {
  return (message.files || []).map((file) => h("div", { key: file.id || file.name, class: "file" }, icon("clip"), " ", file.name || file.title || "file"));
}

function reactions(column, message) {
  if (!message.reactions?.length) return null;
  return h("div", { class: "reactions" }, message.reactions.map((one) => {
    const mine = (one.users || []).includes(column.user);
    return h("button", { key: one.name, type: "button", class: mine ? "reaction mine" : "reaction", title: one.name,
      "aria-pressed": String(mine), on: { click: () => react(column, message, one.name, mine) } },
      emoji(one.name), ` ${one.count ?? (one.users || []).length}`);
  }));
}

function dismiss(message) {
  store.ui.dismissed.add(message.ts);
  changed();
}

const placeOf = (column) => (column.place === "dm" ? column.user : column.place);
const react = (column, message, name, remove) =>
  during(`react-${message.ts}`, () => post("reaction", { user: column.user, channel: placeOf(column), ts: message.ts, name, remove }));

function tools(column, message, secret) {
  if (secret) return null;
  return h("div", { class: "tools" },
    h("button", { type: "button", tabindex: "-1", title: "Reply in thread", "aria-label": "Reply in thread", on: { click: () => startReply(column, message) } }, icon("reply")),
    h("button", { type: "button", tabindex: "-1", title: "More", "aria-label": "Message menu", "aria-haspopup": "menu",
      on: { click: (event) => openMenu(event.currentTarget, choices(column, message)) } }, icon("more")));
}

/** Enter on a message opens its menu: the keyboard's way to what the mouse finds by hovering. */
function opens(event, column, message, secret) {
  if (event.key !== "Enter" || event.target !== event.currentTarget || secret) return;
  event.preventDefault();
  openMenu(event.currentTarget, choices(column, message));
}

function startReply(column, message) {
  column.thread = message.thread_ts || message.ts;
  column.edit = null;
  changed();
  requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector(`[data-column="${column.id}"] .composer textarea`)?.focus()));
}

function choices(column, message) {
  const me = column.user;
  const own = message.user === me;
  const shortcut = (id) => () => acted(`shortcut-${message.ts}`, () => post("message-shortcut", { user: me, channel: placeOf(column), ts: message.ts, callback_id: id }));
  const edit = () => {
    Object.assign(column, { edit: { ts: message.ts, text: message.text }, thread: null });
    changed();
  };
  return [
    { label: [icon("reply"), " Reply in thread"], run: () => startReply(column, message) },
    ...QUICK.map((name) => ({ label: [emoji(name), ` React ${name}`], run: () => react(column, message, name, false) })),
    { label: "Open a request", run: shortcut("open_request") },
    { label: "Escalate", run: shortcut("escalate_message") },
    ...(own ? [{ label: "Edit message", run: edit }, { label: "Delete message", danger: true, run: () => remove(column, message) }] : []),
  ];
}

async function remove(column, message) {
  const yes = await ask({ title: "Delete this message?", body: message.text || "It goes for everybody.", yes: "Delete", no: "Keep", danger: true });
  if (yes) during(`delete-${message.ts}`, () => post("delete-message", { user: column.user, channel: placeOf(column), ts: message.ts }));
}
