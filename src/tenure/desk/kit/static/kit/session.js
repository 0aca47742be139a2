// Before a session ends by itself the page says so and offers to stay; nothing typed is lost when it does end.
"use strict";

(() => {
  const where = document.body.dataset.session;
  const dialog = document.getElementById("session");
  if (!where || !dialog) return;
  const WARNED = 120; // seconds before the end
  const ASKED_EVERY = 15; // while it warns: another tab may have gone on
  let ends = Date.now() + Number(document.body.dataset.sessionLeft) * 1000;
  let timer = 0, asked = 0, passed = false; // passed: told that the hours are over, and went back to save
  const left = () => Math.max(0, Math.round((ends - Date.now()) / 1000));
  const parts = [...dialog.querySelectorAll("[data-session-part]")];

  function show(part) {
    const changed = parts.some((each) => each.dataset.sessionPart === part && each.hidden);
    parts.forEach((each) => { each.hidden = each.dataset.sessionPart !== part; });
    const shown = parts.find((each) => !each.hidden);
    dialog.setAttribute("aria-labelledby", (shown.querySelector("h2").id ||= `session-${part}`));
    dialog.setAttribute("aria-describedby", (shown.querySelector("p").id ||= `session-${part}-words`));
    if (!dialog.open) dialog.showModal();
    else if (!changed) return;
    shown.querySelector(".btn-primary").focus();
  }

  // Forms sent after one signed in anew need the new token.
  function renew(token) {
    document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((field) => { field.value = token; });
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  }

  async function ask(method = "GET") {
    asked = Date.now();
    const headers = method === "POST" ? JSON.parse(document.body.getAttribute("hx-headers")) : {};
    try {
      const answer = await fetch(where, { method, headers, redirect: "error" });
      if (answer.status === 403) return { left: 0 }; // the token is an ended session's
      if (!answer.ok) return null;
      const told = await answer.json();
      ends = Date.now() + told.left * 1000;
      if (told.left) {
        if (told.who !== document.body.dataset.who) location.reload(); // another person's desk now
        renew(told.token);
      }
      return told;
    } catch { return null; } // no connection: the clock goes on
  }

  async function look() {
    clearTimeout(timer);
    if (left() > WARNED) { // not yet
      if (dialog.open) dialog.close();
      timer = setTimeout(look, Math.min((left() - WARNED) * 1000, 2 ** 30));
      return;
    }
    let why = dialog.dataset.why || "idle";
    if (!dialog.open || left() === 0 || Date.now() - asked > ASKED_EVERY * 1000) {
      const told = await ask();
      if (told && told.left > WARNED) return look();
      if (told && told.left) why = dialog.dataset.why = told.why;
    }
    if (left() === 0) { show("over"); return; }
    if (!(why === "hours" && passed)) show(why);
    const seconds = left();
    dialog.querySelectorAll("[data-session-clock]").forEach((clock) => {
      clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    });
    timer = setTimeout(look, 1000);
  }

  async function stay() {
    const told = await ask("POST");
    if (told === null) return;
    dialog.close();
    look();
  }

  dialog.addEventListener("click", async (event) => {
    if (event.target === dialog) event.stopPropagation(); // a click beside it is no answer
    else if (event.target.closest("[data-session-stay]")) stay();
    else if (event.target.closest("[data-session-close]")) { passed = true; dialog.close(); }
    else if (event.target.closest("[data-session-on]")) {
      const told = await ask(), no = dialog.querySelector("[data-session-no]");
      no.hidden = Boolean(told && told.left);
      if (!no.hidden) return;
      passed = false;
      dialog.close();
      look();
    }
  });
  // Escape: whoever presses it is there.
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    const shown = parts.find((each) => !each.hidden).dataset.sessionPart;
    if (shown === "idle") stay();
    else if (shown === "hours") { passed = true; dialog.close(); }
  });
  // A machine that slept: its timers did too.
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") look(); });
  look();
})();
