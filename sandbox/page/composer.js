// Where a person writes: messages, replies, edits, slash commands and files by name.
import { post } from "./api.js";
import { h } from "./dom.js";
import { icon } from "./icon.js";
import { answered, channel, changed, during, person, store } from "./store.js";

const keyOf = (column) => `${column.user}/${column.place}/${column.edit?.ts || column.thread || ""}`;

/** The writing place at the foot of a column. */
export function composer(column) {
  if (column.place === "home") return null;
  const key = keyOf(column);
  const label = column.edit ? "Edit the message" : column.thread ? "Reply in thread" : `Write to ${placeName(column)}`;
  const submit = (event) => {
    event?.preventDefault();
    const box = document.getElementById(`write-${column.id}`);
    if (box.value.trim() || column.files?.length) send(column, box);
  };
  return h("form", { class: "composer", key: `composer-${key}`, on: { submit } },
    chips(column),
    h("div", { class: "composer-row" },
      h("button", { type: "button", class: "icon", title: "Attach a file by name", "aria-label": "Attach a file by name", on: { click: () => attach(column) } }, icon("clip")),
      h("textarea", { id: `write-${column.id}`, rows: "1", "aria-label": `${label} as ${person(column.user)?.name || ""}`, placeholder: label,
        initial: column.edit?.text ?? store.drafts.get(key) ?? "", born: grow,
        on: { input: (event) => typing(event, key), keydown: (event) => keys(event, column, submit) } }),
      h("button", { type: "submit", class: "send", "aria-label": "Send", title: "Send (Enter)" }, icon("send"))));
}

function placeName(column) {
  return column.place === "dm" ? "Frontdoor" : `#${channel(column.place)?.name || ""}`;
}

function chips(column) {
  const drop = (change) => () => {
    Object.assign(column, change);
    changed();
  };
  const chip = (key, words, change, label) => h("span", { key, class: "chip" }, words,
    h("button", { type: "button", "aria-label": label, on: { click: drop(change) } }, icon("close")));
  return h("div", { class: "chips" },
    column.thread && chip("thread", [icon("reply"), " Replying in the thread"], { thread: null }, "Leave the thread"),
    column.edit && chip("edit", [icon("edit"), " Editing"], { edit: null }, "Stop editing"),
    column.naming && fileName(column),
    (column.files || []).map((name) => chip(`file-${name}`, [icon("clip"), ` ${name}`], { files: column.files.filter((one) => one !== name) }, `Remove ${name}`)));
}

function attach(column) {
  column.naming = true;
  changed();
}

function fileName(column) {
  const take = (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    const name = event.target.value.trim();
    if (event.key === "Enter" && name) column.files = [...(column.files || []), name];
    column.naming = false;
    changed();
    document.getElementById(`write-${column.id}`)?.focus();
  };
  return h("span", { key: "naming", class: "chip" }, icon("clip"), h("input", { class: "file-name", "aria-label": "Name of the file", placeholder: "printer.jpg, then Enter",
    born: (node) => requestAnimationFrame(() => node.focus()), on: { keydown: take } }));
}

function typing(event, key) {
  store.drafts.set(key, event.target.value);
  grow(event.target);
}

function grow(node) {
  node.style.height = "auto";
  if (node.scrollHeight) node.style.height = `${Math.min(node.scrollHeight, 160)}px`;
}

function keys(event, column, submit) {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  if (event.key !== "Escape" || !(column.thread || column.edit)) return;
  Object.assign(column, { thread: null, edit: null });
  changed();
  requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById(`write-${column.id}`)?.focus()));
}

async function send(column, box) {
  const text = box.value;
  const key = keyOf(column);
  const place = column.place === "dm" ? column.user : column.place;
  const base = { user: column.user, channel: place };
  box.value = "";
  grow(box);
  store.drafts.delete(key);
  const sent = await during(`send-${column.id}`, () => dispatch(column, base, text));
  if (sent) {
    column.files = [];
    if (column.edit) column.edit = null;
    changed();
  } else if (!box.value) {
    box.value = text;
  }
}

function dispatch(column, base, text) {
  if (column.edit) return post("edit-message", { ...base, ts: column.edit.ts, text });
  if (text.startsWith("/")) {
    const [command, ...rest] = text.trim().split(/\s+/);
    return answered(post("command", { ...base, command, text: rest.join(" ") }));
  }
  const files = (column.files || []).map((name) => ({ name }));
  return post("message", { ...base, text, ...(column.thread ? { thread_ts: column.thread } : {}), ...(files.length ? { files } : {}) });
}
