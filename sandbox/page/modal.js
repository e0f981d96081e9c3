// The windows a bot opens before a person: drawn over that person's column, with errors, updates and a stack.
import { get, post } from "./api.js";
import { blocks } from "./blocks.js";
import { say } from "./dialog.js";
import { h } from "./dom.js";
import { collect, valueOf } from "./elements.js";
import { icon } from "./icon.js";
import { plain } from "./mrkdwn.js";
import { acted, changed, during, lookOf, onFirst, person, refresh, store } from "./store.js";
import { epochOf } from "./time.js";

const errors = new Map();
const drafts = new Map();
const left = new Map();
const LATE = "The app did not answer within three seconds. Please try again.";

/** A window that was open when the page was loaded shows what was sent with it and why it came back. */
onFirst.push(() => {
  for (const view of Object.values(store.state.views || {}).flat()) {
    if (Object.keys(view.errors || {}).length) errors.set(view.id, view.errors);
    left.set(view.id, new Map(Object.entries(view.state.values).map(([block, fields]) => [block, held(Object.values(fields)[0])]).filter(([, value]) => value !== null)));
  }
});

/** What a field holds, from Slack's spelling of it; null for nothing. */
function held(state = {}) {
  const options = state.selected_options?.map((option) => option.value) ?? state.selected_users;
  return state.value ?? state.selected_option?.value ?? options ?? state.selected_date ?? state.selected_time ?? state.selected_date_time
    ?? state.selected_user ?? state.selected_channel ?? state.selected_conversation ?? null;
}

/** The topmost modal of a person, over their column. */
export function modal(column, stack) {
  const view = stack[stack.length - 1];
  const id = `${column.id}-${view.id}`;
  const ctx = context(column, view);
  const submit = (event) => {
    event.preventDefault();
    send(column, view, event.currentTarget);
  };
  const title = h("h2", { id: `${id}-title` }, plain(view.title?.text));
  return h("div", { key: `modal-${view.root_view_id || view.id}`, class: "modal-veil" },
    h("form", { key: view.id, class: "modal", role: "dialog", "aria-modal": "true", "aria-labelledby": `${id}-title`, novalidate: true, "data-view": view.callback_id || "",
      after: enter, on: { submit, input: (event) => remember(view, event), change: (event) => remember(view, event), keydown: (event) => keys(event, column, view) } },
      h("header", null, stack.length > 1 && h("span", { class: "depth" }, `‹ ${stack.length}`), title,
        h("button", { type: "button", class: "icon", "aria-label": "Close", on: { click: () => close(column, view) } }, icon("close"))),
      h("div", { class: "modal-body" }, errors.get(view.id)?.[""] && h("div", { class: "error", role: "alert" }, errors.get(view.id)[""]), blocks(view.blocks, ctx)),
      h("footer", null,
        h("span", { class: "modal-who" }, `as ${person(column.user)?.name || ""}`),
        h("button", { type: "button", class: "btn", on: { click: () => close(column, view) } }, view.close?.text || "Cancel"),
        (view.submit || (view.blocks || []).some((block) => block.type === "input")) && h("button", { type: "submit", class: "btn primary", "aria-busy": store.ui.busy.has(`submit-${view.id}`) ? "true" : null,
          disabled: store.ui.busy.has(`submit-${view.id}`) }, view.submit?.text || "Submit"))));
}

/** Keep what is typed, for when the view is covered by another and comes back. */
function remember(view, event) {
  const field = event.target.closest("[data-kind]");
  if (!field) return;
  if (!drafts.has(view.id)) drafts.set(view.id, new Map());
  drafts.get(view.id).set(field.dataset.name, valueOf(field, epochOf));
}

/** Before the bot hears of a click, the sandbox learns what was typed, as Slack tells it along. */
async function tellTyped(column, view) {
  for (const [name, value] of drafts.get(view.id) || []) {
    const block = view.blocks.find((one) => one.block_id === name && one.type === "input" && !one.dispatch_action);
    if (block) await post("interact", { user: column.user, view_id: view.id, action_id: block.element.action_id, block_id: name, value });
  }
}

function context(column, view) {
  return {
    drafts: new Map([...(left.get(view.id) || []), ...(drafts.get(view.id) || [])]),
    look: lookOf(column.user), surface: "modal", scope: `v-${column.id}-${view.id}`, errors: errors.get(view.id),
    busy: (block, item) => store.ui.busy.has(`${view.id}/${item.action_id}`),
    act: (item, block, payload) => acted(`${view.id}/${item.action_id}`, async () => {
      await tellTyped(column, view);
      return post("interact", { user: column.user, view_id: view.id, action_id: item.action_id, block_id: block.block_id, ...payload });
    }),
  };
}

/** Lead the focus to the first field as soon as there is one, unless somebody works in another column. */
function enter(form) {
  const field = form.querySelector("[data-focus='yes']") || form.querySelector(".modal-body input, .modal-body textarea, .modal-body select, .modal-body button");
  const level = field ? 2 : 1;
  if ((form.__entered || 0) >= level) return;
  form.__entered = level;
  requestAnimationFrame(() => {
    const busy = document.activeElement?.closest(".column");
    if (!busy || busy === form.closest(".column")) (field || form.querySelector("footer button"))?.focus();
  });
}

let within = null;
document.addEventListener("focusin", (event) => {
  within = event.target.closest(".modal")?.closest(".column").dataset.column || null;
});

/** When a window that had the focus is gone, the focus goes back to where its person writes. */
export function giveFocusBack() {
  const column = within && document.activeElement === document.body && document.querySelector(`[data-column="${within}"]`);
  if (column && !column.querySelector(".modal")) (column.querySelector(".composer textarea") || column.querySelector(".messages"))?.focus();
}

function keys(event, column, view) {
  if (event.key === "Escape") {
    event.preventDefault();
    close(column, view);
  }
  if (event.key === "Enter" && event.target.localName === "input" && event.target.type === "text") event.stopPropagation();
}

function close(column, view) {
  errors.delete(view.id);
  drafts.delete(view.id);
  return during(`close-${view.id}`, () => post("close-view", { user: column.user, view_id: view.id }));
}

async function send(column, view, form) {
  const key = `submit-${view.id}`;
  if (store.ui.busy.has(key)) return;
  const wrong = missing(form, view);
  errors.set(view.id, wrong);
  if (Object.keys(wrong).length) {
    changed();
    focusWrong(form);
    return;
  }
  store.ui.busy.add(key);
  changed();
  try {
    const answer = await post("submit-view", { user: column.user, view_id: view.id, values: collect(form, epochOf) });
    errors.set(view.id, answer.acked === false ? { "": LATE } : answer.errors || {});
  } catch (error) {
    errors.set(view.id, named(view, error.message));
  }
  store.ui.busy.delete(key);
  await refresh();
  changed();
  focusWrong(form);
}

function named(view, words) {
  const block = (view.blocks || []).find((one) => one.block_id && words.includes(one.block_id));
  return block ? { [block.block_id]: words.slice(words.indexOf(block.block_id) + block.block_id.length).replace(/^:\s*/, "") } : { "": words };
}

/** What Slack's own client refuses before it asks the bot. */
function missing(form, view) {
  const wrong = {};
  const values = collect(form, epochOf);
  for (const block of view.blocks || []) {
    if (block.type !== "input") continue;
    const value = values[block.block_id];
    const empty = value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);
    if (empty && !block.optional) wrong[block.block_id] = "Please complete this required field.";
    else if (!empty && block.element.type === "url_text_input" && !/^https?:\/\/\S+$/i.test(value)) wrong[block.block_id] = "Please enter a valid URL, starting with http:// or https://.";
  }
  return wrong;
}

function focusWrong(form) {
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const wrong = form.isConnected ? form.querySelector(".wrong") : null;
    wrong?.querySelector("input, textarea, select")?.focus();
    if (wrong) wrong.scrollIntoView({ block: "center" });
  }));
}

/** The App Home of a person; `home` is the view the bot published, or nothing yet. */
export function appHome(column, home) {
  if (!home) return h("div", { class: "empty" }, "Frontdoor has not published a Home for this person.");
  const ctx = context(column, home);
  return h("div", { key: "home", class: "home", "data-home": column.user }, blocks(home.blocks, { ...ctx, surface: "home" }));
}

/** Ask the bot for its Home, as Slack does when the tab is opened. */
export async function openHome(userId) {
  try {
    await post("open-home", { user: userId });
    store.homes.set(userId, (await get(`views/${userId}`)).home);
  } catch (error) {
    say(error.message, true);
  }
  changed();
}
