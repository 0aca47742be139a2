// Forms that lose nothing and send nothing twice: drafts kept while the connection fails, one key to open, Ctrl+Enter to save.
"use strict";

(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const PREFIX = "tenure-draft:";
  // What the server gives anew with each page and must not come from a draft.
  const FRESH = new Set(["csrfmiddlewaretoken", "version"]);

  // -- a double click sends once ----------------------------------------------------------------------------------
  // A file that comes back leaves the page standing: after a while the form may be sent again.
  const AGAIN_AFTER = 3000;
  const againLater = (sender) => setTimeout(() => { delete sender.dataset.sent; }, AGAIN_AFTER);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) event.preventDefault();
    else {
      form.dataset.sent = "1";
      againLater(form);
    }
  });
  // htmx keeps a second press and sends it after the first was answered: by then the record is another, and whoever
  // pressed twice would read that somebody was first. What is sent at each change of a field goes on being kept.
  document.addEventListener("htmx:confirm", (event) => {
    const { elt, verb, triggeringEvent } = event.detail;
    if (verb !== "get" && elt.dataset.sent && ["submit", "click"].includes(triggeringEvent?.type)) event.preventDefault();
  });
  document.addEventListener("htmx:beforeSend", (event) => {
    if (event.detail.requestConfig.verb !== "get") event.detail.elt.dataset.sent = "1";
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.xhr.getResponseHeader("HX-Redirect")) againLater(event.detail.elt); // the page is being left
    else delete event.detail.elt.dataset.sent;
  });
  window.addEventListener("pageshow", () => all("[data-sent]").forEach((sender) => { delete sender.dataset.sent; }));

  // -- what was typed comes back where it was refused ---------------------------------------------------------------
  // A form that leaves the page and is refused leads back to the page with the refusal among its messages. Kept for that
  // one page, in this tab alone; what nobody typed (hidden) or nobody may keep (passwords, files) is not.
  const SENT = PREFIX + "sent";
  const UNKEPT = new Set(["hidden", "password", "file", "submit", "button"]);
  const typed = (form) => [...form.elements].filter((field) => field.name && !UNKEPT.has(field.type));
  const alike = (action) => all("form[method=post]").filter((form) => form.getAttribute("action") === action);

  document.addEventListener("submit", (event) => {
    const form = event.target, action = form.getAttribute("action");
    if (event.defaultPrevented || form.method !== "post" || form.dataset.draft || one("input[type=password]", form)) return;
    const kept = typed(form).map((field) => [field.name, field.value, Boolean(field.checked)]);
    const sent = { page: location.pathname, action, place: alike(action).indexOf(form), kept };
    try { sessionStorage.setItem(SENT, JSON.stringify(sent)); } catch { /* full or forbidden: nothing to keep */ }
  });

  function giveBack() {
    let sent = null;
    try { sent = JSON.parse(sessionStorage.getItem(SENT) || "null"); } catch { sent = null; }
    sessionStorage.removeItem(SENT);
    if (!sent || sent.page !== location.pathname || !one(".notice.error")) return;
    const form = alike(sent.action)[sent.place];
    const held = form ? typed(form) : [];
    if (held.length !== sent.kept.length || held.some((field, nth) => field.name !== sent.kept[nth][0])) return;
    held.forEach((field, nth) => {
      const [, value, checked] = sent.kept[nth];
      if (field.type !== "radio" && field.type !== "checkbox") field.value = value;
      else if (field.value === value) field.checked = checked;
    });
    form.closest("details")?.setAttribute("open", "");
  }

  // -- drafts: in this tab alone, gone once saved, and at the door ------------------------------------------------
  const fields = (form) => [...form.elements].filter((field) => field.name && !FRESH.has(field.name) && field.type !== "submit");
  const key = (form) => PREFIX + form.dataset.draft;

  function keep(form) {
    const kept = {};
    fields(form).forEach((field) => {
      if (field.type === "radio" || field.type === "checkbox") {
        if (field.checked) kept[field.name] = field.value;
      } else kept[field.name] = field.value;
    });
    try { sessionStorage.setItem(key(form), JSON.stringify(kept)); } catch { /* full or forbidden: nothing to keep */ }
  }

  function restore(form) {
    if (form.dataset.restored) return;
    form.dataset.restored = "1";
    let kept = null;
    try { kept = JSON.parse(sessionStorage.getItem(key(form)) || "null"); } catch { kept = null; }
    if (!kept) return;
    fields(form).forEach((field) => {
      if (!(field.name in kept)) return;
      if (field.type === "radio" || field.type === "checkbox") field.checked = kept[field.name] === field.value;
      else field.value = kept[field.name];
    });
    form.closest("details")?.setAttribute("open", "");
    const note = document.createElement("span");
    note.className = "chip info draft-note";
    note.textContent = form.dataset.draftWords || "";
    form.prepend(note);
  }

  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-draft]");
    if (form) keep(form);
  });

  // Saved: before the answer takes the form's place, for then the form is gone.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const form = event.detail.requestConfig?.elt, status = event.detail.xhr?.status;
    if (!form?.matches?.("form[data-draft]")) return;
    if (status >= 200 && status < 300) {
      sessionStorage.removeItem(key(form));
    } else if (status === 409) {
      // Refused because something else stands under that id: what is sent next is a new thing.
      const id = one("[name=external_id]", form);
      if (id) id.value = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      keep(form);
    }
  });

  // Saved where the form leaves the page: another page came. Refused, the same one is there again and the draft stays.
  const LEFT = PREFIX + "left";
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || !form.dataset.draft) return;
    try { sessionStorage.setItem(LEFT, JSON.stringify({ page: location.pathname, draft: key(form) })); } catch { /* as above */ }
  });

  function dropSaved() {
    let left = null;
    try { left = JSON.parse(sessionStorage.getItem(LEFT) || "null"); } catch { left = null; }
    sessionStorage.removeItem(LEFT);
    if (left && left.page !== location.pathname) sessionStorage.removeItem(left.draft);
  }

  // -- a contact by keys ------------------------------------------------------------------------------------------
  let wanted = "";
  function openLog() {
    const form = one("#log[data-visit]");
    if (!form || !wanted) return;
    const kind = one(`[name=kind][value="${CSS.escape(wanted)}"]`, form);
    if (kind) kind.checked = true;
    wanted = "";
    form.closest("details")?.setAttribute("open", "");
    form.scrollIntoView({ block: "center" });
    (one("[name=outcome]:checked", form) || one("[name=outcome]", form))?.focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-logs]");
    if (!opener) return;
    event.preventDefault();
    wanted = opener.dataset.logs;
    openLog();
  });

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("form");
    if (!form) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && form.matches("[data-visit], [data-draft]")) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    const choosing = event.target.type === "radio" && form.matches("[data-visit]");
    if (!choosing || event.ctrlKey || event.metaKey || event.altKey) return;
    const radio = /^[1-9]$/.test(event.key) && all("[data-digits] input[type=radio]", form)[Number(event.key) - 1];
    if (!radio) return;
    event.preventDefault();
    radio.checked = true;
    radio.dispatchEvent(new Event("input", { bubbles: true }));
    one("[data-words]", form)?.focus();
  });

  // A day written out takes the place of the one chosen.
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-visit]");
    if (!form) return;
    if (event.target.name === "next_step_day" && event.target.value) {
      const none = one("[name=next_step_on][value='']", form);
      if (none) none.checked = true;
    } else if (event.target.name === "next_step_on") {
      const day = one("[name=next_step_day]", form);
      if (day) day.value = "";
      keep(form);
    }
  });

  // What was found is gone once one is chosen.
  document.addEventListener("htmx:afterRequest", (event) => {
    const chosen = event.detail.elt?.closest?.("[data-clears]");
    if (chosen && event.detail.successful) setTimeout(() => one(chosen.dataset.clears)?.replaceChildren(), 50);
  });

  function settle() {
    all("form[data-draft]").forEach(restore);
    openLog();
    // A link may lead to a part that comes later.
    if (location.hash === "#relations" && one("#relations .network")) {
      one("#relations").scrollIntoView({ block: "start" });
      history.replaceState(null, "", location.pathname + location.search);
    }
  }
  document.addEventListener("DOMContentLoaded", () => {
    if (one("body.door, .sign-in")) {
      Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX)).forEach((name) => sessionStorage.removeItem(name));
    }
    giveBack();
    dropSaved();
    settle();
  });
  document.addEventListener("htmx:afterSettle", settle);
})();
