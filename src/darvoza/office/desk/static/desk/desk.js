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
  const me = form.dataset.person;
  const kept = "draft:" + form.dataset.order;
  const values = () => [...new FormData(form)].filter(([name]) => name.startsWith("item"));
  // what an officer writes in his own words may name people, and is not left in a browser that others use
  const plain = () => values().filter(([name]) => !name.endsWith("-words"));

  // what others left here, or what cannot be read, is nobody's; who signs out leaves nothing
  const forget = (mine) => {
    for (const key of Object.keys(localStorage).filter((name) => name.startsWith("draft:"))) {
      let by = null;
      try {
        by = JSON.parse(localStorage.getItem(key)).by;
      } catch (problem) {
        // told by nobody
      }
      if (!mine || by !== me) localStorage.removeItem(key);
    }
  };
  forget(true);
  document.querySelector("form[action$='sign-out/']")?.addEventListener("submit", () => forget(false));

  let missed = false;
  for (const [name, value] of JSON.parse(localStorage.getItem(kept) || "{}").values || []) {
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

  // after a sign-in in another tab the token of this page is no longer good: take that of the page as it is now
  const token = () => form.querySelector("[name=csrfmiddlewaretoken]").value;
  const renew = async () => {
    const answer = await fetch(location.pathname);
    if (!answer.ok || answer.redirected) return "over";
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (fresh.getElementById("result-form")?.dataset.person !== me) return "over";
    const good = fresh.querySelector("#result-form [name=csrfmiddlewaretoken]").value;
    document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => (field.value = good));
    return "again";
  };
  const send = async () => {
    const sent = new FormData();
    values().forEach(([name, value]) => sent.append(name, value));
    const answer = await fetch(form.dataset.draft, { method: "POST", body: sent, headers: { "X-CSRFToken": token() } });
    if (answer.redirected) return "over"; // to the sign-in, whose page is answered with 200
    if (answer.ok) return "kept";
    return answer.status === 403 ? "stale" : "refused";
  };

  let timer = 0;
  let dirty = missed;
  const save = async () => {
    clearTimeout(timer);
    dirty = false;
    // stays until a page came back with it: an answer may overtake the page that was asked for meanwhile
    localStorage.setItem(kept, JSON.stringify({ by: me, values: plain() }));
    let how = "lost";
    try {
      how = await send();
      if (how === "stale" && (how = await renew()) === "again") how = await send();
    } catch (problem) {
      how = "lost";
    }
    if (how !== "kept") dirty = true;
    told.textContent = how === "kept" ? told.dataset.kept : how === "over" ? told.dataset.over : told.dataset.lost;
    return how;
  };
  form.addEventListener("input", () => {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, 800);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey) form.requestSubmit();
  });
  // a form leaves the page: what was typed is kept first, and where nobody is signed in the page stays as it is
  const passed = new WeakSet();
  document.addEventListener("submit", async (event) => {
    const leaving = event.target;
    if (leaving.method !== "post" || passed.has(leaving) || leaving.action.endsWith("sign-out/")) return;
    if (dirty) {
      event.preventDefault();
      const how = await save();
      if (how === "over" || how === "lost") {
        told.scrollIntoView({ block: "center" });
        return;
      }
      passed.add(leaving);
      if (leaving === form) localStorage.removeItem(kept);
      leaving.requestSubmit(event.submitter);
      return;
    }
    clearTimeout(timer);
    if (leaving === form) localStorage.removeItem(kept);
  });
  window.addEventListener("online", save);
})();
