// What the page knows: the sandbox's state as last read, and what this browser is looking at.
import { get } from "./api.js";
import { say } from "./dialog.js";

export const BOT = "U0FRONTBOT";

export const store = {
  state: null, messages: new Map(), homes: new Map(), story: null, log: [],
  linked: false, anchor: { now: Date.now(), at: performance.now(), rate: 1 },
  seen: new Map(), drafts: new Map(),
  ui: {
    mode: "stage", panel: innerWidth > 900 ? "story" : null, tab: "chat", front: 0, filter: { service: "", person: "", text: "" }, entry: null,
    busy: new Set(), skipping: null, stands: false, sound: false, dismissed: new Set(), rove: null, entryRove: null,
    columns: [
      { id: "left", user: "U0CASEY001", place: "C0RETAIL01" },
      { id: "middle", user: "U0SAM00001", place: "C0SUPPORT1" },
      { id: "right", user: "U0LEE00001", place: "C0ESCALATE" },
    ],
    single: { id: "single", user: "U0SAM00001", place: "C0SUPPORT1" },
  },
};

/** Answers are added to entries already read: this many of the newest are read again. */
const AMENDED = 60;
const LONGEST = 3000;

const watchers = [];
let framed = false;

/** Call `draw` after every change. */
export const watch = (draw) => watchers.push(draw);

/** Something changed: draw once, in the next frame. */
export function changed() {
  if (framed) return;
  framed = true;
  const draw = () => {
    framed = false;
    for (const watcher of watchers) watcher();
  };
  if (document.hidden) setTimeout(draw, 30);
  else requestAnimationFrame(draw);
}

/** Sandbox time at this very moment. */
export function now() {
  const { now: base, at, rate } = store.anchor;
  return new Date(base + (performance.now() - at) * rate);
}

/** The columns that are on the screen. */
export function columns() {
  const { mode, columns: list, single, front } = store.ui;
  if (mode === "person") return [single];
  return narrow() ? [list[Math.min(front, list.length - 1)]] : list;
}

export const narrow = () => matchMedia("(max-width: 760px)").matches;

/** Called once, when the state was read for the first time. */
export const onFirst = [];

let running = false;
let again = false;

/** Read everything that is shown anew; calls while it runs become one more round. */
export async function refresh() {
  if (running) {
    again = true;
    return;
  }
  running = true;
  try {
    do {
      again = false;
      await read();
    } while (again);
  } catch (error) {
    if (store.linked) say(`The sandbox cannot be read: ${error.message}`, true);
  } finally {
    running = false;
  }
}

async function read() {
  const since = Math.max(0, lastOfLog() - AMENDED);
  const places = new Set(columns().map(({ user, place }) => (place === "dm" ? user : place)).filter((place) => place !== "home"));
  const readers = [...new Set(columns().filter((column) => column.place === "home").map((column) => column.user))];
  const [state, log, story, lists, homes] = await Promise.all([
    get("state"), get(`log?since=${since}`), get("story").catch(() => null),
    Promise.all([...places].map(async (place) => [place, await listOf(place)])),
    Promise.all(readers.map(async (user) => [user, (await get(`views/${user}`)).home])),
  ]);
  for (const [place, list] of lists) store.messages.set(place, list);
  for (const [user, home] of homes) store.homes.set(user, home);
  keepTime(state);
  const first = !store.state;
  store.state = state;
  if (first) for (const hook of onFirst) hook();
  store.story = story;
  await keepLog(log, story);
  changed();
}

/** Whether a skip or a step of the story holds the clock for a moment. */
const moving = () => Boolean(store.ui.skipping) || [...store.ui.busy].some((key) => key.startsWith("story-"));

/** Follow the sandbox's clock from what it just said. */
export function keepTime({ now: moment, rate }) {
  if (!moving()) store.ui.stands = (rate ?? store.anchor.rate) === 0;
  const base = Date.parse(moment);
  if (!Number.isNaN(base)) store.anchor = { now: base, at: performance.now(), rate: rate ?? store.anchor.rate };
}

/** The messages of a place; a place that is gone (its id changed, say) holds none. */
const listOf = (place) => get(`messages/${place}`).then((answer) => answer.messages, () => []);

const lastOfLog = () => (store.log.length ? store.log[store.log.length - 1].n : 0);

async function keepLog(log, story) {
  if (story && story.log_length < lastOfLog()) store.log = (await get("log?since=0")).entries;
  else if (log.entries.length) store.log = [...store.log.filter((entry) => entry.n < log.entries[0].n), ...log.entries].slice(-LONGEST);
}

/** The member of the cast with this id. */
export const person = (id) => (store.state?.users || []).find((user) => user.id === id);
export const channel = (id) => (store.state?.channels || []).find((one) => one.id === id);

/** How words look to `userId`: names, zone and the moment. */
export function lookOf(userId) {
  const users = new Map((store.state?.users || []).map((user) => [user.id, user]));
  const channels = new Map((store.state?.channels || []).map((one) => [one.id, one]));
  return { users, channels, me: userId, zone: person(userId)?.tz || "Asia/Karachi", now: now() };
}

/** The modals open before a person, the topmost last. */
export const stackOf = (userId) => store.state?.views?.[userId] || [];

/** Run `work` while `key` is marked busy; a refusal is said in its own words. */
export async function during(key, work) {
  store.ui.busy.add(key);
  changed();
  try {
    return await work();
  } catch (error) {
    say(error.message, true);
    return null;
  } finally {
    store.ui.busy.delete(key);
    changed();
    refresh();
  }
}

/** Say so when the app did not take what a person did in time, as Slack does. */
export async function answered(asking) {
  const answer = await asking;
  if (answer.acked === false) say("The app did not answer within three seconds.", true);
  return answer;
}

/** As `during`, for what the bot has to acknowledge. */
export const acted = (key, work) => during(key, () => answered(work()));
