/* The chronology's own buttons, its menus, and the way to the highlighted entry. */

export function startChronology() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open-all]");
    if (opener) openAll(opener);
    const parents = event.target.closest("[data-toggle-parents]");
    if (parents) toggleParents(parents);
    for (const menu of document.querySelectorAll("[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest?.("[data-menu][open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  const highlighted = document.querySelector("[data-highlighted]");
  if (highlighted && !location.hash) highlighted.scrollIntoView({ block: "start" });
}

function openAll(button) {
  const open = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(open));
  for (const details of document.querySelectorAll(button.dataset.openAll)) details.open = open;
}

function toggleParents(button) {
  const on = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(on));
  for (const list of document.querySelectorAll(button.dataset.toggleParents)) list.classList.toggle("show-parents", on);
}
