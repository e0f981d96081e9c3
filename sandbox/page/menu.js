// A pop-up menu below its button: arrows, Enter, Esc; focus goes back to where it came from.
import { h, patch } from "./dom.js";

let open = null;

/** Show `items` [{label, run, danger}] at `anchor`. */
export function openMenu(anchor, items) {
  closeMenu();
  const box = document.createElement("div");
  box.className = "menu";
  box.setAttribute("role", "menu");
  document.body.append(box);
  const choose = (item) => {
    closeMenu();
    item.run();
  };
  patch(box, items.map((item, index) => h("button", { key: index, type: "button", role: "menuitem", tabindex: "-1",
    class: item.danger ? "danger" : "", on: { click: () => choose(item) } }, item.label)));
  place(box, anchor);
  box.addEventListener("keydown", (event) => keys(event, box));
  anchor.setAttribute("aria-expanded", "true");
  open = { box, anchor };
  box.firstChild?.focus();
  setTimeout(() => document.addEventListener("pointerdown", outside), 0);
}

/** Close the open menu, if any. */
export function closeMenu() {
  if (!open) return;
  const { box, anchor } = open;
  open = null;
  document.removeEventListener("pointerdown", outside);
  const inside = box.contains(document.activeElement);
  box.remove();
  anchor.removeAttribute("aria-expanded");
  if (inside && anchor.isConnected) anchor.focus();
}

function outside(event) {
  if (open && !open.box.contains(event.target)) closeMenu();
}

function keys(event, box) {
  const items = [...box.children];
  const at = items.indexOf(document.activeElement);
  const moves = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
  if (event.key in moves) {
    event.preventDefault();
    items[(moves[event.key] + items.length) % items.length].focus();
  }
  if (event.key === "Escape" || event.key === "Tab") {
    event.stopPropagation();
    closeMenu();
  }
}

function place(box, anchor) {
  const at = anchor.getBoundingClientRect();
  const width = Math.min(230, innerWidth - 16);
  box.style.width = `${width}px`;
  box.style.left = `${Math.max(8, Math.min(at.right - width, innerWidth - width - 8))}px`;
  const below = at.bottom + 4;
  const height = box.offsetHeight;
  box.style.top = `${below + height > innerHeight - 8 ? Math.max(8, at.top - height - 4) : below}px`;
}
