// A form whose shape depends on what is chosen in it: choosing saves the draft, and the page comes back fitting.
"use strict";

(() => {
  let byKeys = false;
  const save = (field) => {
    delete field.dataset.changed;
    // The button's value says where the page goes on; Enter in a field saves by the form's first button.
    const button = document.createElement("button");
    button.name = "act";
    button.value = field.dataset.saves;
    button.hidden = true;
    field.form.append(button);
    field.form.requestSubmit(button);
  };
  const saving = (event) => {
    const field = event.target.closest?.("[data-saves]");
    return field?.form?.matches("[data-builder]") ? field : null;
  };
  document.addEventListener("pointerdown", () => (byKeys = false));
  document.addEventListener("change", (event) => {
    const field = saving(event);
    if (!field) return;
    // Arrow keys change a closed list at every step: by keys it is saved on Enter, or when the field is left.
    if (byKeys) field.dataset.changed = "";
    else save(field);
  });
  document.addEventListener("focusout", (event) => {
    const field = saving(event);
    if (field && "changed" in field.dataset) save(field);
  });
  document.addEventListener("keydown", (event) => {
    byKeys = true;
    const field = saving(event);
    if (field && "changed" in field.dataset && event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      save(field);
    }
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
