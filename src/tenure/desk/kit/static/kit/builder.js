// A form whose shape depends on what is chosen in it: choosing saves the draft, and the page comes back fitting.
"use strict";

(() => {
  document.addEventListener("change", (event) => {
    const field = event.target.closest?.("[data-saves]");
    const form = field?.form;
    if (!form?.matches("[data-builder]")) return;
    // The button's value says where the page goes on; Enter in a field saves by the form's first button.
    const button = document.createElement("button");
    button.name = "act";
    button.value = `at:${field.dataset.saves}`;
    button.hidden = true;
    form.append(button);
    form.requestSubmit(button);
  });
  // Ctrl+Enter saves from anywhere in the form.
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("form[data-builder]");
    if (form && (event.ctrlKey || event.metaKey) && event.key === "Enter") {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[name=act][value=save]"));
    }
  });
})();
