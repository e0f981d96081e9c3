// The shortcodes that support people meet; an unknown one stays as it was written.
import { h } from "./dom.js";

const NAMES = {
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", wave: "👋", pray: "🙏", clap: "👏", ok_hand: "👌", raised_hands: "🙌",
  eyes: "👀", muscle: "💪", tada: "🎉", heart: "❤️", fire: "🔥", rocket: "🚀", bug: "🐛", wrench: "🔧", hammer_and_wrench: "🛠️",
  gear: "⚙️", bulb: "💡", lock: "🔒", unlock: "🔓", key: "🔑", mag: "🔍", bell: "🔔", no_bell: "🔕", mega: "📣", loudspeaker: "📢",
  telephone: "☎️", telephone_receiver: "📞", phone: "☎️", iphone: "📱", calling: "📲", rotating_light: "🚨", warning: "⚠️",
  no_entry: "⛔", no_entry_sign: "🚫", white_check_mark: "✅", heavy_check_mark: "✔️", ballot_box_with_check: "☑️", x: "❌",
  question: "❓", exclamation: "❗", red_circle: "🔴", large_orange_circle: "🟠", large_yellow_circle: "🟡",
  large_green_circle: "🟢", large_blue_circle: "🔵", white_circle: "⚪", black_circle: "⚫", hourglass: "⌛",
  hourglass_flowing_sand: "⏳", stopwatch: "⏱️", alarm_clock: "⏰", clock1: "🕐", calendar: "📅", date: "📅", memo: "📝",
  pencil2: "✏️", clipboard: "📋", page_facing_up: "📄", paperclip: "📎", link: "🔗", inbox_tray: "📥", outbox_tray: "📤",
  envelope: "✉️", email: "✉️", speech_balloon: "💬", thought_balloon: "💭", bar_chart: "📊", chart_with_upwards_trend: "📈",
  ticket: "🎫", label: "🏷️", pushpin: "📌", round_pushpin: "📍", printer: "🖨️", computer: "💻", desktop_computer: "🖥️",
  house: "🏠", office: "🏢", department_store: "🏬", door: "🚪", bust_in_silhouette: "👤", busts_in_silhouette: "👥",
  robot_face: "🤖", technologist: "🧑‍💻", smile: "😄", slightly_smiling_face: "🙂", neutral_face: "😐", disappointed: "😞",
  thinking_face: "🤔", sweat_smile: "😅", arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️", arrow_down: "⬇️",
  arrows_counterclockwise: "🔄", repeat: "🔁", leftwards_arrow_with_hook: "↩️", star: "⭐", sparkles: "✨", zzz: "💤",
  sunny: "☀️", crescent_moon: "🌙", new_moon: "🌑", construction: "🚧", package: "📦", recycle: "♻️", information_source: "ℹ️",
  raising_hand: "🙋", writing_hand: "✍️", handshake: "🤝", point_right: "👉", small_red_triangle: "🔺", checkered_flag: "🏁",
  hand: "✋", raised_hand: "✋", zap: "⚡", factory: "🏭", dart: "🎯", jigsaw: "🧩", fast_forward: "⏩",
  sunrise: "🌅", shield: "🛡️", card_index_dividers: "🗂️", file_folder: "📁", top: "🔝", new: "🆕",
};

// On a machine without a font of coloured emoji these plain signs stand in; others are shown by name.
const SIGNS = {
  white_check_mark: ["✔", "green"], heavy_check_mark: ["✔", "green"], ballot_box_with_check: ["☑", "green"], x: ["✘", "red"], no_entry: ["⊘", "red"],
  no_entry_sign: ["⊘", "red"], warning: ["⚠", "orange"], rotating_light: ["⚠", "red"], fire: ["▲", "red"], exclamation: ["!", "red"], question: ["?", "red"],
  telephone: ["☎", ""], phone: ["☎", ""], telephone_receiver: ["☎", ""], calling: ["☎", ""], iphone: ["☎", ""], hourglass: ["◔", "orange"],
  hourglass_flowing_sand: ["◔", "orange"], stopwatch: ["◔", ""], alarm_clock: ["◔", "red"], clock1: ["◔", ""], red_circle: ["●", "red"],
  large_orange_circle: ["●", "orange"], large_yellow_circle: ["●", "orange"], large_green_circle: ["●", "green"], large_blue_circle: ["●", "blue"],
  white_circle: ["○", ""], black_circle: ["●", ""], pencil2: ["✎", ""], memo: ["✎", ""], writing_hand: ["✍", ""], envelope: ["✉", ""], email: ["✉", ""],
  star: ["★", "orange"], sparkles: ["✦", "orange"], sunny: ["☀", "orange"], crescent_moon: ["☾", "blue"], zzz: ["☾", "blue"], gear: ["⚙", ""],
  wrench: ["⚒", ""], hammer_and_wrench: ["⚒", ""], arrow_right: ["→", ""], arrow_left: ["←", ""], arrow_up: ["↑", ""], arrow_down: ["↓", ""],
  arrows_counterclockwise: ["↻", "blue"], repeat: ["↻", "blue"], recycle: ["♻", "green"], leftwards_arrow_with_hook: ["↩", ""], heart: ["❤", "red"],
  information_source: ["ℹ", "blue"], checkered_flag: ["⚑", ""], zap: ["⚡", "orange"], smile: ["☺", ""], slightly_smiling_face: ["☺", ""],
  disappointed: ["☹", ""], neutral_face: ["☺", ""], point_right: ["☞", ""], "+1": ["✓", "green"], thumbsup: ["✓", "green"], "-1": ["✗", "red"],
  thumbsdown: ["✗", "red"], eyes: ["◉", ""], wave: ["☺", ""], pray: ["♥", "green"], tada: ["✦", "orange"], clap: ["✦", ""], link: ["⚭", ""], label: ["⚑", ""],
  bell: ["♪", ""], mega: ["♪", ""], scales: ["⚖", ""], clipboard: ["☰", ""], page_facing_up: ["☰", ""], inbox_tray: ["⇩", ""], outbox_tray: ["⇧", ""],
  factory: ["⌂", ""], paperclip: ["☍", ""], dart: ["◎", ""], jigsaw: ["✣", ""], fast_forward: ["»", ""], sunrise: ["☀", "orange"], calendar: ["☷", ""], bar_chart: ["☰", ""],
};
const BY_CHARACTER = new Map(Object.entries(NAMES).map(([name, sign]) => [sign.replace(/\ufe0f/g, ""), name]));
const PICTURES = /\p{Extended_Pictographic}(?:\u200d\p{Extended_Pictographic}|[\ufe0f\u{1f3fb}-\u{1f3ff}])*/gu;
let coloured = null;

/** Whether this machine draws emoji in colour. */
function hasEmoji() {
  if (coloured !== null) return coloured;
  const pen = Object.assign(document.createElement("canvas"), { width: 24, height: 24 }).getContext("2d", { willReadFrequently: true });
  pen.font = "18px sans-serif";
  pen.fillText("\u{1f534}", 0, 18);
  const { data } = pen.getImageData(0, 0, 24, 24);
  coloured = data.some((value, index) => index % 4 === 0 && value > data[index + 1] + 60);
  return coloured;
}

/** A shortcode as a node or character; an unknown one stays as it was written. */
export function emoji(code) {
  const name = code.replace(/::skin-tone-\d/, "");
  if (hasEmoji() && NAMES[name]) return NAMES[name];
  const [sign, tone] = SIGNS[name] || [];
  if (sign) return h("span", { class: `glyph ${tone}`, role: "img", "aria-label": name.replace(/_/g, " ") }, sign);
  return NAMES[name] ? h("span", { class: "shortcode" }, `:${name}:`) : `:${name}:`;
}

/** Text with the emoji in it as this machine can show them. */
export function shown(text) {
  if (hasEmoji() || !/\p{Extended_Pictographic}/u.test(text)) return [text];
  const out = [];
  let end = 0;
  for (const found of text.matchAll(PICTURES)) {
    const name = BY_CHARACTER.get(found[0].replace(/\ufe0f/g, ""));
    if (!name) continue;
    out.push(text.slice(end, found.index), emoji(name));
    end = found.index + found[0].length;
  }
  return [...out, text.slice(end)].filter((part) => part !== "");
}

/** What the message menu offers as reactions. */
export const QUICK = ["+1", "eyes", "white_check_mark"];
