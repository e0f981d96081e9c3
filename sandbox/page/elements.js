// The elements of Block Kit that a person can press, choose or fill in; each with a label of its own for a screen reader.
import { confirmBox } from "./dialog.js";
import { h } from "./dom.js";
import { openMenu } from "./menu.js";
import { textObject } from "./mrkdwn.js";
import { picture } from "./picture.js";
import { localInput } from "./time.js";

/** Draw one element of a block. */
export function element(item, block, ctx) {
  const build = KINDS[item.type];
  if (!build) return h("span", { class: "unknown" }, `An element of type “${item.type}” is not drawn here.`);
  const node = build(item, block, ctx);
  node.props = { key: `${item.type}:${item.action_id || ""}`, ...node.props };
  return node;
}

const KINDS = {
  button, overflow,
  image: (item) => picture(item, "accessory-image"),
  static_select: select, external_select: select, users_select: people, conversations_select: channels, channels_select: channels,
  multi_static_select: ticks, multi_users_select: tickPeople, checkboxes: ticks, radio_buttons: radios,
  datepicker: (item, block, ctx) => typed(item, block, ctx, "date", item.initial_date),
  timepicker: (item, block, ctx) => typed(item, block, ctx, "time", item.initial_time),
  datetimepicker: (item, block, ctx) =>
    typed(item, block, ctx, "datetime-local", item.initial_date_time && localInput(item.initial_date_time, ctx.look.zone)),
  plain_text_input: (item, block, ctx) => (item.multiline ? area(item, block, ctx) : typed(item, block, ctx, "text", item.initial_value)),
  url_text_input: (item, block, ctx) => typed(item, block, ctx, "url", item.initial_value),
  email_text_input: (item, block, ctx) => typed(item, block, ctx, "email", item.initial_value),
  number_input: (item, block, ctx) => typed(item, block, ctx, "number", item.initial_value),
  rich_text_input: area,
};

const words = (object) => object?.text || "";

/** Ask when the element wants a confirmation, then act. */
async function act(item, block, ctx, payload) {
  if (item.confirm && !(await confirmBox(item.confirm, ctx.look))) return;
  await ctx.act(item, block, payload);
}

function button(item, block, ctx) {
  const busy = ctx.busy?.(block, item);
  const press = () => {
    if (item.url && /^https?:/i.test(item.url)) window.open(item.url, "_blank", "noopener");
    act(item, block, ctx, { value: item.value });
  };
  const label = item.accessibility_label || undefined;
  return h("button", { type: "button", class: `btn ${item.style || ""} ${busy ? "busy" : ""}`, "aria-busy": busy ? "true" : null,
    "aria-label": label, "data-action": item.action_id, on: { click: press } }, textObject(item.text, ctx.look));
}

function overflow(item, block, ctx) {
  const items = (item.options || []).map((option) => ({
    label: words(option.text), run: () => act(item, block, ctx, { selected: option.value, value: option.value }),
  }));
  return h("button", { type: "button", class: "btn overflow", "aria-haspopup": "menu", "aria-label": "More actions",
    "data-action": item.action_id, on: { click: (event) => openMenu(event.currentTarget, items) } }, "⋯");
}

/** What every field carries, so that a form can be read back. */
function field(item, block, ctx, kind, more = {}) {
  return { id: ctx.id, "data-block": block.block_id, "data-name": ctx.id ? block.block_id : item.action_id, "data-action": item.action_id, "data-kind": kind, "data-zone": ctx.look.zone,
    "aria-describedby": ctx.described || null, "aria-label": ctx.id ? null : words(item.placeholder) || item.action_id,
    "aria-required": ctx.required ? "true" : null, "data-focus": item.focus_on_load ? "yes" : null, ...more };
}

/** What was typed before and not yet sent, else what the field begins with. */
function begun(ctx, block, initial) {
  return ctx.id && ctx.drafts?.has(block.block_id) ? ctx.drafts.get(block.block_id) : initial;
}

const immediate = (ctx) => !ctx.id || ctx.dispatch;

function select(item, block, ctx) {
  const option = (one) => h("option", { value: one.value, key: one.value, selected: item.initial_option?.value === one.value }, words(one.text));
  const groups = (item.option_groups || []).map((group) => h("optgroup", { label: words(group.label) }, group.options.map(option)));
  return choice(item, block, ctx, [(item.options || []).map(option), groups], item.initial_option?.value);
}

function people(item, block, ctx) {
  const options = [...ctx.look.users.values()].map((user) => h("option", { value: user.id, key: user.id }, user.name));
  return choice(item, block, ctx, options, item.initial_user);
}

function channels(item, block, ctx) {
  const options = [...ctx.look.channels.values()].map((one) => h("option", { value: one.id, key: one.id }, `#${one.name}`));
  return choice(item, block, ctx, options, item.initial_channel || item.initial_conversation);
}

function choice(item, block, ctx, options, initial) {
  const change = (event) => {
    if (immediate(ctx) && event.target.value) act(item, block, ctx, { selected: event.target.value });
  };
  const props = field(item, block, ctx, "select", { class: "select", initial: begun(ctx, block, initial) ?? "", on: { change } });
  const nothing = words(item.placeholder) || (ctx.id ? "Choose…" : "Choose an option");
  return h("select", props, h("option", { value: "", key: "" }, nothing), options);
}

function typed(item, block, ctx, type, initial) {
  const change = (event) => {
    if (immediate(ctx)) act(item, block, ctx, answer(event.target, type));
  };
  const first = begun(ctx, block, initial);
  return h("input", field(item, block, ctx, type, { class: "text-input", type, initial: (type === "datetime-local" && typeof first === "number" ? localInput(first, ctx.look.zone) : first) ?? "", placeholder: words(item.placeholder) || null,
    maxlength: item.max_length || null, step: type === "number" && item.is_decimal_allowed ? "any" : null, on: { change } }));
}

function answer(node, type) {
  return type === "date" || type === "time" ? { selected: node.value } : { value: node.value };
}

function area(item, block, ctx) {
  return h("textarea", field(item, block, ctx, "text", { class: "text-input", rows: item.multiline === false ? 1 : 4,
    initial: begun(ctx, block, typeof item.initial_value === "string" ? item.initial_value : "") ?? "",
    placeholder: words(item.placeholder) || null, maxlength: item.max_length || null }));
}

function ticks(item, block, ctx) {
  const initial = new Set(begun(ctx, block, (item.initial_options || []).map((option) => option.value)));
  return group(item, block, ctx, "checkbox", item.options || [], initial);
}

function tickPeople(item, block, ctx) {
  const options = [...ctx.look.users.values()].map((user) => ({ value: user.id, text: { type: "plain_text", text: user.name } }));
  return group(item, block, ctx, "checkbox", options, new Set(begun(ctx, block, item.initial_users || [])));
}

function radios(item, block, ctx) {
  return group(item, block, ctx, "radio", item.options || [], new Set([begun(ctx, block, item.initial_option?.value)]));
}

function group(item, block, ctx, type, options, initial) {
  const name = `${ctx.scope}-${block.block_id}-${item.action_id}`;
  const change = (event) => {
    if (!immediate(ctx)) return;
    const chosen = [...event.currentTarget.querySelectorAll("input:checked")].map((node) => node.value);
    act(item, block, ctx, { selected: type === "radio" ? chosen[0] : chosen });
  };
  const line = (option) => h("label", { class: "choice", key: option.value },
    h("input", { type, name, value: option.value, initial: initial.has(option.value) }),
    h("span", null, textObject(option.text, ctx.look), option.description && h("small", null, textObject(option.description, ctx.look))));
  const props = field(item, block, ctx, type === "radio" ? "radio" : "checks", { class: "ticks", role: type === "radio" ? "radiogroup" : "group",
    "aria-labelledby": ctx.id ? `${ctx.id}-label` : null, on: { change } });
  return h("div", props, options.map(line));
}

/** Read the fields below `root` back: {block_id or action_id: value}; an empty one is null. */
export function collect(root, toEpoch) {
  const values = {};
  for (const node of root.querySelectorAll("[data-block][data-kind]")) values[node.dataset.name] = valueOf(node, toEpoch);
  return values;
}

/** What one field holds. */
export function valueOf(node, toEpoch) {
  const kind = node.dataset.kind;
  if (kind === "checks") return [...node.querySelectorAll("input:checked")].map((one) => one.value);
  if (kind === "radio") return node.querySelector("input:checked")?.value ?? null;
  if (kind === "datetime-local") return node.value ? toEpoch(node.value, node.dataset.zone) : null;
  return node.value === "" ? null : node.value;
}
