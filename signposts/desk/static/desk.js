// Keys for the desk. Everything here is also a link or a button on the page.
"use strict";
(function () {
  const lead = document.querySelector("section.lead[data-next]");
  const help = document.getElementById("help");
  const helpButton = document.getElementById("help-button");
  const go = (address) => { if (address) location.assign(address); };
  const follow = (id) => { const link = document.getElementById(id); if (link) link.click(); };
  const press = (decision) => document.querySelector(`button[name=decision][value=${decision}]`).click();
  let dismissing = false;

  function toggleHelp() {
    help.hidden = !help.hidden;
    helpButton.setAttribute("aria-expanded", String(!help.hidden));
  }

  function showForm(id, field) {
    const part = document.getElementById(id);
    if (!part) return;
    part.scrollIntoView({ block: "nearest" });
    const first = field ? part.querySelector(field) : null;
    (first || part.querySelector("select, input, button")).focus();
  }

  async function preview() {
    const link = document.getElementById("preview-link");
    const place = document.getElementById("preview");
    if (!link || !place) return;
    const form = new FormData(document.getElementById("decide"));
    const asked = new URLSearchParams();
    for (const [name, value] of form) if (value && !["token", "covers", "reason", "until", "claim_id"].includes(name)) asked.append(name, value);
    place.textContent = "Computing…";
    try {
      const answer = await fetch(`${link.pathname}?${asked}`);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      place.replaceChildren(...page.getElementById("preview-content").childNodes);
    } catch (error) {
      place.textContent = "The preview did not come; the desk may have been stopped.";
    }
  }

  const keys = {
    j: () => lead && go(lead.dataset.next),
    k: () => lead && go(lead.dataset.previous),
    a: () => showForm("accept", "input:placeholder-shown, #f-category, #f-value"),
    d: () => { if (document.getElementById("dismiss")) { dismissing = true; showForm("dismiss", "input:checked"); } },
    u: () => showForm("duplicate", "select"),
    l: () => showForm("later", "input"),
    i: () => follow("only"),
    c: () => follow("close"),
    o: () => follow("source"),
    p: preview,
    z: () => { const form = document.getElementById("undo"); if (form) form.requestSubmit(); },
    "?": toggleHelp,
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const field = event.target.closest("input:not([type=radio]):not([type=checkbox]), select, textarea");
    if (event.key === "Escape") { dismissing = false; if (document.activeElement) document.activeElement.blur(); help.hidden = true; return; }
    if (event.key === "Enter" && event.target.closest("fieldset")) {
      const part = event.target.closest("fieldset").id;
      if (["accept", "dismiss", "duplicate", "later"].includes(part) && event.target.tagName !== "BUTTON" && event.target.tagName !== "SUMMARY") {
        event.preventDefault();
        press(part);
      }
      return;
    }
    if (field) return;
    if (dismissing && /^[1-9]$/.test(event.key)) {
      const reason = document.querySelectorAll("#dismiss input[name=reason]")[Number(event.key) - 1];
      if (reason) { reason.checked = true; event.preventDefault(); press("dismiss"); }
      return;
    }
    const action = keys[event.key];
    if (action) { event.preventDefault(); action(); }
  });

  if (helpButton) helpButton.addEventListener("click", toggleHelp);
  const link = document.getElementById("preview-link");
  if (link) link.addEventListener("click", (event) => { event.preventDefault(); preview(); });
  const current = document.querySelector(".queue li.current");
  if (current) current.scrollIntoView({ block: "nearest" });
})();
