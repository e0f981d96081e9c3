// The story panel: "printing fails at one branch", step by step, ticked off by what really happened.
import { post } from "./api.js";
import { say } from "./dialog.js";
import { h } from "./dom.js";
import { avatar } from "./people.js";
import { changed, person, refresh, store } from "./store.js";
import { clockSeconds, HOME_ZONE } from "./time.js";

/** The panel at the right. */
export function storyPanel() {
  const story = store.story;
  if (!story) return h("aside", { class: "panel story", "aria-label": "Story" }, h("p", { class: "empty" }, "The story cannot be read."));
  const done = story.steps.filter((step) => step.state === "done" || step.state === "skipped").length;
  return h("aside", { class: "panel story", "aria-label": "Story" },
    h("header", null, h("h2", null, story.title), h("p", null, story.intro)),
    h("div", { class: "progress", role: "progressbar", "aria-valuemin": "0", "aria-valuemax": String(story.steps.length), "aria-valuenow": String(done), "aria-label": "Steps done" },
      h("span", { style: `width:${(100 * done) / story.steps.length}%` })),
    h("ol", { class: "steps" }, story.steps.map(stepView)),
    done === story.steps.length ? h("p", { class: "the-end" }, story.ending) : null);
}

const NAMED = { done: "done", skipped: "not needed", next: "next", later: "later" };

function stepView(step, index) {
  const user = step.who ? person(step.who) : null;
  const busy = store.ui.busy.has(`story-${step.id}`);
  return h("li", { key: step.id, class: `step ${step.state}`, "data-step": step.id, "aria-current": step.state === "next" ? "step" : null },
    h("span", { class: "tick", role: "img", "aria-label": NAMED[step.state] }, step.state === "done" ? "✓" : step.state === "skipped" ? "–" : String(index + 1)),
    h("div", { class: "step-main" },
      h("div", { class: "step-title" }, step.title, step.at && h("time", null, clockSeconds(new Date(step.at), HOME_ZONE))),
      step.state === "next" && h("div", { class: "step-more" },
        h("p", { class: "by-hand" }, user && avatar(user, "small"), h("span", null, step.by_hand)),
        h("button", { type: "button", class: "btn primary", "aria-busy": busy ? "true" : null, disabled: busy, on: { click: () => perform(step) } }, busy ? "…" : step.button)),
      step.state === "done" && step.shows && index === lastDone() && h("p", { class: "shows" }, step.shows)));
}

function lastDone() {
  const steps = store.story.steps;
  return steps.reduce((last, step, index) => (step.state === "done" ? index : last), -1);
}

let revealed = "";

/** Keep the step that is to be done in sight when it changes or the panel becomes smaller. */
export function revealNext() {
  const panel = document.querySelector(".panel.story");
  const step = panel?.querySelector(".step.next, .the-end");
  const sign = step ? `${step.dataset.step}/${panel.clientHeight}` : "";
  if (sign && sign !== revealed) step.scrollIntoView({ block: "nearest" });
  revealed = sign;
}

async function perform(step) {
  const key = `story-${step.id}`;
  setStage(step);
  store.ui.busy.add(key);
  changed();
  try {
    await post("story/do", { step: step.id });
  } catch (error) {
    say(error.message, true);
  }
  store.ui.busy.delete(key);
  await refresh();
  changed();
}

/** Show the places where the step is to be seen. */
function setStage(step) {
  if (store.ui.mode !== "stage") return;
  for (const [index, user, place] of step.stage || []) {
    const column = store.ui.columns[index];
    if (column.user === user && column.place === place) continue;
    Object.assign(column, { user, place, thread: null, edit: null });
  }
  refresh();
}
