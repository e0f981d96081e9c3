// Two small things above everything else: a question before an action, and a passing word.
import { h, patch } from "./dom.js";
import { textObject } from "./mrkdwn.js";

/** Show a confirm object of Block Kit; true when the person goes on. */
export function confirmBox(confirm, look) {
  return ask({
    title: textObject(confirm.title, look), body: textObject(confirm.text, look),
    yes: confirm.confirm?.text || "Yes", no: confirm.deny?.text || "Cancel", danger: confirm.style === "danger",
  });
}

/** A modal question with two answers; Esc means no. */
export function ask({ title, body, yes, no, danger = false }) {
  const dialog = document.createElement("dialog");
  dialog.className = "confirm";
  document.body.append(dialog);
  return new Promise((resolve) => {
    const done = (answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    dialog.addEventListener("cancel", () => done(false));
    patch(dialog, [
      h("h2", { id: "confirm-title" }, title), h("div", { class: "confirm-body" }, body),
      h("div", { class: "confirm-buttons" },
        h("button", { type: "button", class: "btn", on: { click: () => done(false) } }, no),
        h("button", { type: "button", class: danger ? "btn danger" : "btn primary", on: { click: () => done(true) } }, yes)),
    ]);
    dialog.setAttribute("aria-labelledby", "confirm-title");
    dialog.showModal();
  });
}

/** Say something in passing, for eye and ear. */
export function say(text, bad = false) {
  const tray = document.getElementById("toasts");
  const node = document.createElement("div");
  node.className = bad ? "toast bad" : "toast";
  node.textContent = text;
  tray.append(node);
  setTimeout(() => node.remove(), bad ? 9000 : 4500);
}
