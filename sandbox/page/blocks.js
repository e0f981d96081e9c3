// Block Kit as Slack draws it. `ctx`: {look, surface: "message"|"modal"|"home", zone, act(element, block, payload), errors, busy(block, element)}.
import { h } from "./dom.js";
import { element } from "./elements.js";
import { link, markdown, textObject } from "./mrkdwn.js";
import { picture } from "./picture.js";
import { richText } from "./richtext.js";

/** All blocks of a message, a modal or a Home. */
export function blocks(list, ctx) {
  return (list || []).map((block, index) => draw({ block_id: `b${index}`, ...block }, ctx));
}

function draw(block, ctx) {
  const build = KINDS[block.type];
  const key = `${block.type}:${block.block_id}`;
  if (!build) return h("div", { key, class: "block unknown" }, `A block of type “${block.type}” is not drawn here.`);
  const node = build(block, ctx);
  node.props = { ...node.props, key };
  return node;
}

const KINDS = {
  section, header, divider, context, actions, input, image, video,
  rich_text: (block, ctx) => h("div", { class: "block rich" }, richText(block, ctx.look)),
  markdown: (block, ctx) => h("div", { class: "block markdown" }, markdown(block.text, ctx.look)),
  alert: (block, ctx) => h("div", { class: `block alert ${block.level || ""}`, role: "note" }, textObject(block.text, ctx.look)),
};

function section(block, ctx) {
  const fields = block.fields && h("div", { class: "fields" }, block.fields.map((field) => h("div", { class: "field" }, textObject(field, ctx.look))));
  return h("div", { class: "block section" },
    h("div", { class: "section-body" }, block.text && h("div", { class: "text" }, textObject(block.text, ctx.look)), fields),
    block.accessory && h("div", { class: `accessory ${block.accessory.type}` }, element(block.accessory, block, ctx)));
}

function header(block, ctx) {
  return h("div", { class: "block header", role: "heading", "aria-level": "3" }, textObject(block.text, ctx.look));
}

function divider() {
  return h("hr", { class: "block divider" });
}

function context(block, ctx) {
  const parts = (block.elements || []).map((item) =>
    item.type === "image" ? picture(item, "context-image") : h("span", { class: "context-text" }, textObject(item, ctx.look)));
  return h("div", { class: "block context" }, parts);
}

function actions(block, ctx) {
  return h("div", { class: "block actions" }, (block.elements || []).map((item) => element(item, block, ctx)));
}

function input(block, ctx) {
  const id = `${ctx.scope}-${block.block_id}`;
  const error = ctx.errors?.[block.block_id];
  const grouped = ["radio_buttons", "checkboxes", "multi_static_select", "multi_users_select"].includes(block.element.type);
  const label = [textObject(block.label, ctx.look), block.optional && h("span", { class: "optional" }, " (optional)")];
  const described = [block.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return h("div", { class: error ? "block input wrong" : "block input" },
    grouped ? h("div", { class: "label", id: `${id}-label` }, label) : h("label", { class: "label", for: id }, label),
    element(block.element, block, { ...ctx, id, described, required: !block.optional, dispatch: block.dispatch_action === true }),
    block.hint && h("div", { class: "hint", id: `${id}-hint` }, textObject(block.hint, ctx.look)),
    error && h("div", { class: "error", id: `${id}-error`, role: "alert" }, error));
}

function image(block, ctx) {
  return h("figure", { class: "block image" }, block.title && h("figcaption", null, textObject(block.title, ctx.look)), picture(block, "picture"));
}

function video(block) {
  return h("div", { class: "block unknown" }, link(block.title_url || "", block.alt_text || "Video"));
}
