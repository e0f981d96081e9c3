// rich_text blocks: what Slack's own composer makes.
import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { channelMention, link, plain, userMention } from "./mrkdwn.js";
import { slackDate } from "./time.js";

/** The parts of one rich_text block. */
export function richText(block, look) {
  return (block.elements || []).map((part) => piece(part, look));
}

function piece(part, look) {
  const inner = () => (part.elements || []).map((leaf) => drawLeaf(leaf, look));
  if (part.type === "rich_text_preformatted") return h("pre", { class: "code" }, inner());
  if (part.type === "rich_text_quote") return h("blockquote", null, inner());
  if (part.type === "rich_text_list") {
    const items = (part.elements || []).map((item) => h("li", null, piece(item, look)));
    return h(part.style === "ordered" ? "ol" : "ul", { class: `indent-${part.indent || 0}` }, items);
  }
  return h("div", { class: "rich-section" }, inner());
}

function drawLeaf(leaf, look) {
  if (leaf.type === "text") return styled(plain(leaf.text, false), leaf.style);
  if (leaf.type === "link") return styled([link(leaf.url || "", leaf.text || leaf.url)], leaf.style);
  if (leaf.type === "emoji") return emoji(leaf.name || "");
  if (leaf.type === "user") return userMention(leaf.user_id, look);
  if (leaf.type === "channel") return channelMention(leaf.channel_id, look);
  if (leaf.type === "broadcast") return h("span", { class: "mention loud" }, `@${leaf.range}`);
  if (leaf.type === "date") return h("time", null, slackDate(leaf.timestamp, leaf.format || "{date} {time}", look.zone, look.now));
  return leaf.text || "";
}

function styled(content, style = {}) {
  let node = content;
  if (style.code) node = [h("code", null, node)];
  if (style.bold) node = [h("strong", null, node)];
  if (style.italic) node = [h("em", null, node)];
  if (style.strike) node = [h("s", null, node)];
  return node;
}
