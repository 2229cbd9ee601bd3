"use strict";
// What every page of the room has: shortcuts and their help, a warning before typed words are lost, focus and spoken
// messages after a part of the page changed, times in the reader's own zone, errors told where they happened.
(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const shown = (element) => element.getClientRects().length > 0;
  const made = (tag, text = "", attributes = {}) => {
    const element = document.createElement(tag);
    element.textContent = text;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };

  // Spoken politely: the text of [data-say] in what was swapped in, and whatever other scripts say.
  function say(text) {
    const live = one("#live");
    if (!live) return;
    live.textContent = "";
    setTimeout(() => { live.textContent = text; }, 50);
  }

  // Times.
  const DAY = { day: "numeric", month: "long", year: "numeric" };
  const FORMS = { day: DAY, short: { day: "numeric", month: "short" }, time: { hour: "2-digit", minute: "2-digit" }, both: { ...DAY, hour: "2-digit", minute: "2-digit" } };
  function localTimes(root = document) {
    for (const element of all("time[datetime*='T']:not([data-local])", root)) {
      const at = new Date(element.dateTime);
      if (Number.isNaN(at.getTime())) continue;
      element.dataset.local = "";
      element.title = element.textContent.trim();
      element.textContent = new Intl.DateTimeFormat("en-GB", FORMS[element.dataset.form] || FORMS.both).format(at).replace(" at ", ", ");
    }
  }

  // Shortcuts. Single keys can be switched off: some people press them by accident, or speak to their computer.
  const OFF = "filmroom:keys-off";
  const keysAreOff = () => { try { return localStorage.getItem(OFF) === "1"; } catch { return false; } };
  function switchKeys(on) {
    try { if (on) localStorage.removeItem(OFF); else localStorage.setItem(OFF, "1"); } catch { say("Your browser does not keep this choice."); }
  }

  const rows = () => all("[data-rows] [data-row]").filter(shown);
  function move(step) {
    const found = rows(), at = found.findIndex((row) => row.contains(document.activeElement));
    const next = found[at < 0 ? (step > 0 ? 0 : found.length - 1) : Math.max(0, Math.min(found.length - 1, at + step))];
    const link = next && one("a[href], button", next);
    if (!link) return;
    link.focus();
    next.scrollIntoView({ block: "nearest" });
  }
  const MOVES = { j: 1, n: 1, k: -1, p: -1 };

  function press(key) {
    const found = all("[data-key]").filter((element) => element.dataset.key === key && shown(element) && !element.disabled)[0];
    if (found) {
      if (found.matches("input:not([type='checkbox'], [type='radio'], [type='submit'], [type='button']), textarea, select")) found.focus();
      else { if (found.tabIndex >= 0) found.focus(); found.click(); }
      return true;
    }
    if (key in MOVES && rows().length) { move(MOVES[key]); return true; }
    return false;
  }

  function onKey(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest?.("input:not([type='checkbox'], [type='radio'], [type='range']), textarea, select, [contenteditable]")) return;
    if (one("dialog[open]")) return;
    if (event.key === "?") { help(); event.preventDefault(); return; }
    if (!keysAreOff() && press(event.key)) event.preventDefault();
  }

  const NAMES = { " ": "Space", ArrowLeft: "Left", ArrowRight: "Right", ArrowUp: "Up", ArrowDown: "Down" };
  function knownKeys() {
    const found = new Map();
    if (rows().length) { found.set("j or n", "Next in the list"); found.set("k or p", "Previous in the list"); found.set("Enter", "Open it"); }
    for (const element of all("[data-key][data-key-help]")) {
      const name = NAMES[element.dataset.key] || element.dataset.key;
      if (!found.has(name)) found.set(name, element.dataset.keyHelp);
    }
    found.set("?", "This help");
    return found;
  }

  function help() {
    one("#keys")?.remove();
    const dialog = made("dialog", "", { id: "keys", "aria-labelledby": "keys-h" });
    const list = made("dl", "", { class: "keys" });
    for (const [key, meaning] of knownKeys()) {
      const name = made("dt");
      key.split(" or ").forEach((part, n) => { if (n) name.append(" or "); name.append(made("kbd", part)); });
      list.append(name, made("dd", meaning));
    }
    const choice = made("label", "", { class: "choice" }), box = made("input", "", { type: "checkbox" });
    box.checked = !keysAreOff();
    box.addEventListener("change", () => switchKeys(box.checked));
    choice.append(box, "Use single keys on this device");
    const form = made("form", "", { method: "dialog", class: "toolbar" });
    form.append(made("button", "Close", { class: "button quiet" }));
    dialog.append(made("h2", "Keyboard shortcuts", { id: "keys-h" }), list, choice, form);
    document.body.append(dialog);
    dialog.addEventListener("close", () => dialog.remove());
    dialog.showModal();
  }

  // Unsaved changes, of forms marked data-guard; data-guard="changed" holds words that were never saved.
  let submitting = null;
  function differs(field) {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName === "SELECT") return [...field.options].some((o) => o.selected !== o.defaultSelected) && field.selectedIndex > 0;
    return "defaultValue" in field && field.type !== "hidden" && field.tagName !== "OUTPUT" && field.value !== field.defaultValue;
  }
  const changed = (form) => form.dataset.guard === "changed" || [...form.elements].some(differs);
  const unsaved = () => all("form[data-guard]").filter((form) => form !== submitting && changed(form));
  function marks(form) {
    for (const element of all("[data-unsaved]", form)) element.hidden = !changed(form);
  }
  function saved(form) {
    for (const field of form.elements) {
      if (field.type === "checkbox" || field.type === "radio") field.defaultChecked = field.checked;
      else if (field.tagName === "SELECT") for (const o of field.options) o.defaultSelected = o.selected;
      else if ("defaultValue" in field && field.type !== "hidden") field.defaultValue = field.value;
    }
    if (form.dataset.guard === "changed") form.dataset.guard = "";
    marks(form);
  }

  // Errors of partial requests are told in the form they came from, else at the top of the page.
  function tell(source, title, lines, link = null) {
    const form = source?.closest?.("[data-problems]") || source?.closest?.("form");
    const place = form && form.isConnected ? form : one("#notices");
    if (!place) return;
    for (const former of all(":scope > .notice.error", place)) former.remove();
    const notice = made("div", "", { class: "notice error", tabindex: "-1", ...(place.id === "notices" ? {} : { role: "alert" }) });
    const first = made("p");
    first.append(made("strong", title));
    notice.append(first, ...lines.map((line) => made("p", line, { dir: "auto" })));
    if (link) { const last = made("p"); last.append(link); notice.append(last); }
    place.prepend(notice);
    notice.scrollIntoView({ block: "nearest" });
  }

  function onRefused(event) {
    const { ctx } = event.detail, status = String(ctx.response.status), source = ctx.sourceElement;
    const own = [status, status.slice(0, 2) + "x", status[0] + "xx"].some((s) => source?.closest?.(`[hx-status\\:${s}]`));
    if (own) return;
    const problem = new DOMParser().parseFromString(ctx.text || "", "text/html").querySelector("[data-problem]");
    const title = problem?.querySelector("h1")?.textContent || "That did not work";
    const lines = problem ? all("p:not(.toolbar)", problem).map((p) => p.textContent.trim()) : [`The server answered ${status}. Nothing was lost on this page: try again.`];
    const link = status === "401" ? made("a", "Sign in again", { href: "/sign-in?next=" + encodeURIComponent(location.pathname) }) : null;
    tell(source, title, lines, link);
  }

  function onLost(event) {
    const { ctx } = event.detail;
    if (!ctx?.response) tell(ctx?.sourceElement, "The server cannot be reached", ["What you typed is still here. Check your connection, then try again."]);
  }

  // Where the focus goes when what had it was swapped away: a marked place, the same id, else the new part itself.
  let held = null;
  function beforeSwap(event) {
    const target = event.detail?.ctx?.target, active = document.activeElement;
    held = active && active !== document.body && target?.contains?.(active) ? { id: active.id, target: target.id } : null;
  }
  function afterSwap() {
    localTimes();
    for (const form of all("form[data-guard]")) marks(form);
    const spoken = one("[data-say]:not([data-said])");
    if (spoken) { spoken.dataset.said = ""; say(spoken.dataset.say || spoken.textContent.trim()); }
    if (!held || document.activeElement !== document.body) { held = null; return; }
    const next = (held.target && one(`#${CSS.escape(held.target)} [data-focus]`)) || (held.id && document.getElementById(held.id)) || (held.target && document.getElementById(held.target)) || one("#main");
    held = null;
    if (!next) return;
    if (next.tabIndex < 0 && !next.hasAttribute("tabindex")) next.setAttribute("tabindex", "-1");
    next.focus({ preventScroll: true });
  }

  document.documentElement.classList.add("js");
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    for (const menu of all("details.facet[open], details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
    if (event.target.closest?.("[data-help]")) help();
    const opener = event.target.closest?.("[data-dialog]"), dialog = opener && document.getElementById(opener.dataset.dialog);
    if (dialog?.showModal) { event.preventDefault(); dialog.showModal(); }
    if (event.target.closest?.("[data-close]")) event.target.closest("dialog")?.close();
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest?.("details.facet[open], details.menu[open]");
    if (menu) { menu.open = false; one("summary", menu).focus(); }
  });
  document.addEventListener("input", (event) => {
    const form = event.target.form || event.target.closest?.("form");
    if (form?.matches("[data-guard]")) marks(form);
  });
  document.addEventListener("submit", (event) => { if (!event.defaultPrevented) submitting = event.target; });
  document.addEventListener("reset", (event) => setTimeout(() => marks(event.target)));
  document.addEventListener("change", (event) => { if (event.target.matches?.("[data-submits]")) event.target.form.requestSubmit(); });
  window.addEventListener("pageshow", () => { submitting = null; });
  window.addEventListener("beforeunload", (event) => { if (unsaved().length) event.preventDefault(); });
  document.addEventListener("htmx:config:request", (event) => {
    const token = one("meta[name='csrf']");
    if (token) event.detail.ctx.request.headers["X-CSRF-Token"] = token.content;
  });
  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = event.detail, form = ctx.sourceElement?.closest?.("form[data-guard]");
    if (form && ctx.response?.raw?.ok && ctx.request.method !== "GET") saved(form);
  });
  document.addEventListener("htmx:response:error", onRefused);
  document.addEventListener("htmx:error", onLost);
  document.addEventListener("htmx:before:swap", beforeSwap);
  document.addEventListener("htmx:after:swap", afterSwap);
  for (const element of all("[data-help]")) element.hidden = false;
  localTimes();
  for (const form of all("form[data-guard]")) marks(form);
  window.filmroom = Object.assign(window.filmroom || {}, { say, tell });
})();
