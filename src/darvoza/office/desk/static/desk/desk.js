// Keys of the queue, with an off switch; drafts of a result that outlive a lost line. Everything works without this file.
(() => {
  "use strict";
  const typing = (target) => target.closest("input:not([type=checkbox]),textarea,select,[contenteditable]");

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
    // the table comes anew each half minute: links with an id keep the keyboard by themselves; where the order is gone,
    // the one in its place has it. Whoever is elsewhere stays there
    let had = -1;
    document.body.addEventListener("htmx:beforeSwap", () => {
      had = rows().findIndex((row) => row.contains(document.activeElement));
    });
    document.body.addEventListener("htmx:afterSwap", () => {
      const all = rows();
      const now = all.findIndex((row) => row.contains(document.activeElement));
      if (now < 0 && had >= 0 && document.activeElement === document.body) return go(had);
      at = now;
      if (now >= 0) all[now].setAttribute("aria-selected", "true");
    });
  }

  // ── one press, one sending ──
  // what is being sent is not sent again; whoever presses once more long after means it, or stopped it himself
  const ENOUGH = 10_000;
  let going = false;
  let draft = null;
  const own = new WeakSet();
  addEventListener("pageshow", () => (going = false));
  document.addEventListener("submit", async (event) => {
    const leaving = event.target;
    if (leaving.method !== "post" || own.delete(leaving) || leaving.action.endsWith("sign-out/")) return;
    if (going) return event.preventDefault();
    going = true;
    if (draft?.open()) {
      // a form leaves the page: what was typed is kept first, and where nobody is signed in the page stays as it is
      event.preventDefault();
      if (!(await draft.kept())) return (going = false);
      own.add(leaving);
      leaving.requestSubmit(event.submitter);
    }
    draft?.leave(leaving);
    setTimeout(() => (going = false), ENOUGH);
  });

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
  let saving = null;
  const keep = async () => {
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
  const save = () => (saving = keep().finally(() => (saving = null)));
  form.addEventListener("input", () => {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, 800);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey) form.requestSubmit();
  });
  draft = {
    open: () => dirty || saving !== null,
    // what is typed while it is being kept is kept after it; a form that is refused goes, too, and says why
    async kept() {
      let how = "kept";
      while (how === "kept" && (dirty || saving)) how = await (saving || save());
      if (how !== "over" && how !== "lost") return true;
      told.scrollIntoView({ block: "center" });
      return false;
    },
    leave(leaving) {
      clearTimeout(timer);
      if (leaving === form) localStorage.removeItem(kept);
    },
  };
  window.addEventListener("online", save);
})();
