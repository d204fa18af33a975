/* Search key, keyboard help, dialogs, messages and tabs. */

const TYPING = "input, textarea, select, [contenteditable]";

export function startPage() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPING)) return;
    const help = document.getElementById("shortcuts");
    if (!help || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    help.showModal();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPING)) return;
    const search = document.querySelector("[data-search]");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      // A menu that the button stands in would take the focus back.
      opener.closest("[popover]")?.hidePopover();
      document.getElementById(opener.dataset.opens)?.showModal();
    }
    const dismiss = event.target.closest("[data-dismiss]");
    if (dismiss) dismiss.closest(".note").remove();
  });

  showCurrentTabs();
  addEventListener("resize", showCurrentTabs);
}

/* Where not all tabs fit, the page's own stands in the middle. */
function showCurrentTabs() {
  for (const tab of document.querySelectorAll("[data-tabs] > [aria-current]")) {
    tab.parentElement.scrollLeft = tab.offsetLeft - (tab.parentElement.clientWidth - tab.offsetWidth) / 2;
  }
}
