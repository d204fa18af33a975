/* The appearance changes at once and is kept with the account, not in the browser. */
import { post } from "./dom.js";

export function startTheme() {
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-theme-url]");
    const theme = event.submitter?.value;
    if (!form || !theme) return;
    event.preventDefault();
    document.documentElement.dataset.theme = theme;
    for (const button of form.querySelectorAll('[name="theme"]')) {
      button.setAttribute("aria-pressed", String(button.value === theme));
    }
    try {
      await post(form.dataset.themeUrl, new URLSearchParams({ theme }));
    } catch {
      // Offline: the choice holds on this page and is asked for again on the next.
    }
  });
}
