// Keys of the queue, with an off switch; drafts of a result that outlive a lost line. Everything works without this file.
(() => {
  "use strict";
  const typing = (target) => target.closest("input:not([type=checkbox]),textarea,select,[contenteditable]");

  // what was refused is read first
  document.getElementById("faults")?.focus();

  // ── keys ──
  const toggle = document.getElementById("keys");
  if (toggle) {
    toggle.checked = localStorage.getItem("keys") !== "off";
    toggle.addEventListener("change", () => localStorage.setItem("keys", toggle.checked ? "on" : "off"));
    let at = -1;
    const rows = () => [...document.querySelectorAll(".queue tbody tr")];
    const go = (to) => {
      const all = rows();
      if (!all.length) return;
      at = Math.min(Math.max(to, 0), all.length - 1);
      all.forEach((row, place) => row.setAttribute("aria-selected", String(place === at)));
      all[at].querySelector("a.open").focus();
    };
    document.addEventListener("keydown", (event) => {
      if (!toggle.checked || event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
      if (event.key === "j") go(at + 1);
      else if (event.key === "k") go(at - 1);
      else if (event.key === "c" && at >= 0) rows()[at].querySelector("form.claim")?.requestSubmit();
    });
    document.body.addEventListener("htmx:afterSwap", () => at >= 0 && go(at));
  }

  // ── drafts ──
  const form = document.getElementById("result-form");
  if (!form) return;
  const told = document.getElementById("draft");
  const kept = "draft:" + form.dataset.order;
  const values = () => [...new FormData(form)].filter(([name]) => name.startsWith("item"));
  // what an officer writes in his own words may name people, and is not left in a browser that others use
  const plain = () => values().filter(([name]) => !name.endsWith("-words"));

  try {
    let missed = false;
    const found = JSON.parse(localStorage.getItem(kept) || "[]");
    for (const [name, value] of found) {
      for (const field of form.elements) {
        if (field.name !== name) continue;
        const box = field.type === "checkbox";
        if (box ? field.checked || field.value !== value : field.value || !value) continue;
        missed = true;
        if (box) field.checked = true;
        else field.value = value;
      }
    }
    if (!missed) localStorage.removeItem(kept);
  } catch (problem) {
    localStorage.removeItem(kept);
  }

  let timer = 0;
  const save = async () => {
    const sent = new FormData();
    values().forEach(([name, value]) => sent.append(name, value));
    // stays until a page came back with it: an answer may overtake the page that was asked for meanwhile
    localStorage.setItem(kept, JSON.stringify(plain()));
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: sent, headers: { "X-CSRFToken": token } });
      if (!answer.ok) throw new Error(String(answer.status));
      told.textContent = told.dataset.kept;
    } catch (problem) {
      told.textContent = told.dataset.lost;
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, 800);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey) form.requestSubmit();
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    localStorage.removeItem(kept);
  });
  window.addEventListener("online", save);
})();
