/* A refused form opens with the focus on the list of what is wrong; each line leads to its control. */

const CONTROLS = 'input:not([type="hidden"]), select, textarea, button';

export function startErrorSummary() {
  const summary = document.querySelector("[data-error-summary]");
  if (!summary) return;
  document.title = document.title.startsWith("Error: ") ? document.title : `Error: ${document.title}`;
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    const target = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target) return;
    event.preventDefault();
    const control = target.matches(CONTROLS) ? target : (target.querySelector(CONTROLS) ?? target);
    const box = target.closest(".field") ?? target;
    box.scrollIntoView({ block: "start" });
    control.focus({ preventScroll: true });
  });
}
