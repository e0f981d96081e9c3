// Slack's mrkdwn, its plain text with emoji, and the subset of Markdown of the markdown block, as descriptions of nodes.
import { h } from "./dom.js";
import { emoji, shown } from "./emoji.js";
import { slackDate } from "./time.js";

const unescape = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

/** `look`: {users: Map, channels: Map, zone, now} of the person who reads. */
export function mrkdwn(text, look) {
  return codeBlocks(String(text || ""), (plain) => lines(plain, look));
}

function codeBlocks(text, rest) {
  return text.split(/```/).flatMap((part, index, all) => {
    if (index % 2 && index < all.length - 1) return [h("pre", { class: "code" }, unescape(part.replace(/^\n|\n$/g, "")))];
    if (index % 2) return rest("```" + part);
    return part ? rest(index ? part.replace(/^\n/, "") : part) : [];
  });
}

function lines(text, look) {
  const out = [];
  let quote = null;
  text.split("\n").forEach((line, index) => {
    const quoted = /^&gt;\s?/.exec(line) || /^>\s?/.exec(line);
    if (quoted) {
      if (!quote) out.push((quote = h("blockquote", null)));
      else quote.children.push(h("br"));
      quote.children.push(...inline(line.slice(quoted[0].length), look));
      return;
    }
    if (index && !quote) out.push(h("br"));
    quote = null;
    out.push(...inline(line, look));
  });
  return out;
}

const TOKENS = [
  [/<([^<>\n]+)>/, (found, look) => entity(found[1], look)],
  [/`([^`\n]+)`/, (found) => h("code", null, unescape(found[1]))],
  [/(?<![\p{L}\p{N}*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\p{L}\p{N}*])/u, (found, look) => h("strong", null, inline(found[1], look))],
  [/(?<![\p{L}\p{N}_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\p{L}\p{N}_])/u, (found, look) => h("em", null, inline(found[1], look))],
  [/(?<![\p{L}\p{N}~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\p{L}\p{N}~])/u, (found, look) => h("s", null, inline(found[1], look))],
  [/:([a-z0-9_+-]+(?:::skin-tone-\d)?):/, (found) => emoji(found[1])],
];

function inline(text, look, tokens = TOKENS) {
  let best = null;
  for (const [pattern, build] of tokens) {
    const found = pattern.exec(text);
    if (found && (!best || found.index < best.found.index)) best = { found, build };
  }
  if (!best) return text ? shown(unescape(text)) : [];
  const { found, build } = best;
  const before = text.slice(0, found.index);
  const after = text.slice(found.index + found[0].length);
  return [before ? shown(unescape(before)) : null, build(found, look), ...inline(after, look, tokens)].filter((item) => item !== null);
}

function entity(body, look) {
  const [target, label] = split(body);
  if (target.startsWith("@")) return mention(`@${nameOf(look.users, target.slice(1), label)}`, target.slice(1) === look.me);
  if (target.startsWith("#")) return mention(`#${nameOf(look.channels, target.slice(1), label)}`);
  if (target.startsWith("!date^")) return dated(target, label, look);
  if (target.startsWith("!subteam")) return mention(label || "@team");
  if (target.startsWith("!")) return mention(`@${label || target.slice(1)}`, true);
  return link(unescape(target), label ? unescape(label) : unescape(target));
}

function split(body) {
  const bar = body.indexOf("|");
  return bar < 0 ? [body, ""] : [body.slice(0, bar), body.slice(bar + 1)];
}

const nameOf = (known, id, label) => label || known.get(id)?.name || id;
const mention = (text, loud) => h("span", { class: loud ? "mention loud" : "mention" }, text);

function dated(target, label, look) {
  const [, epoch, pattern] = target.split("^");
  if (!/^\d+$/.test(epoch) || !pattern) return unescape(label);
  return h("time", { datetime: new Date(epoch * 1000).toISOString(), title: unescape(label) }, slackDate(epoch, pattern, look.zone, look.now));
}

/** A link that opens elsewhere, or here when it leads to a message; an address that is not http, mail or telephone stays text. */
export function link(address, label) {
  if (!/^(https?:\/\/|mailto:|tel:)/i.test(address)) return label;
  const [, channel, seconds, rest] = (address.startsWith(`${location.origin}/`) && /\/archives\/(\w+)\/p(\d+)(\d{6})(?:\?|$)/.exec(address)) || [];
  if (channel) return h("a", { href: `#${channel}/${seconds}.${rest}` }, label);
  return h("a", { href: address, target: "_blank", rel: "noreferrer noopener" }, label);
}

/** A mention of a person or a channel outside mrkdwn (rich text). */
export const userMention = (id, look) => mention(`@${nameOf(look.users, id)}`, id === look.me);
export const channelMention = (id, look) => mention(`#${nameOf(look.channels, id)}`);

/** A text object of Block Kit. */
export function textObject(object, look) {
  if (!object) return [];
  if (object.type === "mrkdwn") return mrkdwn(object.text, look);
  return plain(object.text, object.emoji !== false);
}

/** Plain text with line breaks and emoji. */
export function plain(text, codes = true) {
  const swap = (line) => (codes ? line.split(/:([a-z0-9_+-]+):/).map((part, index) => (index % 2 ? emoji(part) : shown(part))) : shown(line));
  return String(text || "").split("\n").flatMap((line, index) => (index ? [h("br"), swap(line)] : [swap(line)]));
}

const MARKDOWN = [
  [/\[([^\]\n]+)\]\((https?:[^)\s]+)\)/, (found) => link(found[2], found[1])],
  [/\*\*([^*\n]+)\*\*/, (found, look) => h("strong", null, inline(found[1], look, MARKDOWN))],
  [/(?<!\w)[*_]([^*_\n]+)[*_](?!\w)/, (found, look) => h("em", null, inline(found[1], look, MARKDOWN))],
  [/~~([^~\n]+)~~/, (found, look) => h("s", null, inline(found[1], look, MARKDOWN))],
  ...TOKENS.filter(([pattern]) => /^[`:<]/.test(pattern.source)),
];

/** The markdown block: headings, lists, quotes, code, emphasis, links. */
export function markdown(text, look) {
  return codeBlocks(String(text || ""), (body) => body.split("\n").map((line) => markdownLine(line, look)));
}

function markdownLine(line, look) {
  const found = /^(#{1,6}\s+|[-*+]\s+|\d+[.)]\s+|>\s?)(.*)$/.exec(line);
  if (!found) return line.trim() ? h("p", null, inline(line, look, MARKDOWN)) : null;
  const words = inline(found[2], look, MARKDOWN);
  if (found[1].startsWith("#")) return h("p", { class: "md-head" }, h("strong", null, words));
  if (found[1].startsWith(">")) return h("blockquote", null, words);
  return h("p", { class: "md-item" }, h("span", { class: "bullet" }, /\d/.test(found[1]) ? found[1].trim() : "•"), h("span", null, words));
}
