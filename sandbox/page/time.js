// Moments as people read them: sandbox time in somebody's own zone. All stored times are UTC.

export const HOME_ZONE = "Asia/Karachi";
const formats = new Map();

function format(zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", ...options }));
  return formats.get(key);
}

const CLOCK = { hour: "2-digit", minute: "2-digit" };
const DAY = { weekday: "short", day: "numeric", month: "short" };

/** 14:00 */
export const clockTime = (date, zone) => format(zone, CLOCK).format(date);
/** 14:00:07 */
export const clockSeconds = (date, zone) => format(zone, { ...CLOCK, second: "2-digit" }).format(date);
/** Wed 18 Nov */
export const dayName = (date, zone) => format(zone, DAY).format(date).replace(",", "");
/** Karachi */
export const zoneCity = (zone) => (zone || HOME_ZONE).split("/").pop().replace(/_/g, " ");
/** The moment of a Slack ts. */
export const tsDate = (ts) => new Date(Math.round(Number.parseFloat(ts) * 1000));

const parts = (date, zone, options) =>
  Object.fromEntries(format(zone, options).formatToParts(date).map((part) => [part.type, part.value]));

function ordinal(day) {
  const n = Number(day);
  if (n % 100 >= 11 && n % 100 <= 13) return `${n}th`;
  return `${n}${["th", "st", "nd", "rd"][n % 10] || "th"}`;
}

function pretty(date, zone, now, otherwise) {
  const day = (moment) => isoDate(moment, zone);
  if (day(date) === day(now)) return "Today";
  if (day(date) === day(new Date(now.getTime() - 86400000))) return "Yesterday";
  if (day(date) === day(new Date(now.getTime() + 86400000))) return "Tomorrow";
  return otherwise;
}

const LONG = { weekday: "long", day: "numeric", month: "long", year: "numeric" };

/** Slack's <!date^epoch^pattern|fallback> in the reader's zone. */
export function slackDate(epoch, pattern, zone, now) {
  const date = new Date(Number(epoch) * 1000);
  const long = parts(date, zone, LONG);
  const short = parts(date, zone, { month: "short", day: "numeric", year: "numeric" });
  const full = `${long.weekday}, ${long.month} ${ordinal(long.day)}, ${long.year}`;
  const plain = `${long.month} ${ordinal(long.day)}, ${long.year}`;
  const brief = `${short.month} ${short.day}, ${short.year}`;
  const words = {
    date_num: isoDate(date, zone), date: plain, date_short: brief, date_long: full,
    date_pretty: pretty(date, zone, now, plain), date_short_pretty: pretty(date, zone, now, brief),
    date_long_pretty: pretty(date, zone, now, full), time: clockTime(date, zone), time_secs: clockSeconds(date, zone),
    day_divider_pretty: pretty(date, zone, now, full), ago: ago(date, now),
  };
  return pattern.replace(/\{(\w+)\}/g, (whole, name) => words[name] ?? whole);
}

function ago(date, now) {
  const minutes = Math.round((now - date) / 60000);
  if (Math.abs(minutes) < 60) return minutes >= 0 ? `${minutes} minutes ago` : `in ${-minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours >= 0 ? `${hours} hours ago` : `in ${-hours} hours`;
}

/** 2026-11-18 in a zone. */
export function isoDate(date, zone) {
  const got = parts(date, zone, { year: "numeric", month: "2-digit", day: "2-digit" });
  return `${got.year}-${got.month}-${got.day}`;
}

/** What a datetime-local field shows for an epoch in a zone. */
export const localInput = (epoch, zone) => {
  const date = new Date(epoch * 1000);
  return `${isoDate(date, zone)}T${clockTime(date, zone)}`;
};

/** The epoch meant by a datetime-local field in a zone. */
export function epochOf(text, zone) {
  const wall = Date.parse(`${text}:00Z`);
  let guess = wall;
  for (let round = 0; round < 2; round += 1) guess += wall - Date.parse(`${localInput(guess / 1000, zone)}:00Z`);
  return Math.round(guess / 1000);
}

/** 1:05 of a length in seconds. */
export const length = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
