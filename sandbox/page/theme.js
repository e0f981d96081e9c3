// Light, dark, or as the machine has it; remembered by this browser.
import { changed } from "./store.js";

const ORDER = ["as the machine", "light", "dark"];

/** What is chosen. */
export const theme = () => {
  const kept = localStorage.getItem("frontdoor-theme");
  return ORDER.includes(kept) ? kept : ORDER[0];
};

/** Go to the next choice. */
export function nextTheme() {
  localStorage.setItem("frontdoor-theme", ORDER[(ORDER.indexOf(theme()) + 1) % ORDER.length]);
  applyTheme();
  changed();
}

/** Bring the choice to the page. */
export function applyTheme() {
  const chosen = theme();
  if (chosen === ORDER[0]) document.documentElement.removeAttribute("data-theme");
  else document.documentElement.dataset.theme = chosen;
}
