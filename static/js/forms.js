/* Forms that send themselves, and forms that must be sent only once. */

export function startForms() {
  document.addEventListener("change", (event) => {
    const trigger = event.target.closest("[data-submit-on-change]");
    if (trigger) (trigger.form ?? trigger).requestSubmit();
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!("once" in form.dataset) || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    // Not `disabled`: a disabled button loses its name and value, and the focus with it.
    form.dataset.sent = "true";
    event.submitter?.setAttribute("aria-disabled", "true");
  });

  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll('[aria-disabled="true"]')) button.removeAttribute("aria-disabled");
    }
  });
}
