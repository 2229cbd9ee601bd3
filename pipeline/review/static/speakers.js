"use strict";
// When a call was read again the page shows it by itself, unless words would be lost by it or something is playing:
// then the notice with its link stays, and the person decides.
(() => {
  const typed = (field) => field.type !== "hidden" && "defaultValue" in field && field.tagName !== "OUTPUT" && field.value !== field.defaultValue;
  const busy = () =>
    [...document.querySelectorAll("input:not([type='checkbox'], [type='radio'], [type='range']), textarea")].some(typed)
    || document.querySelector("form[data-guard='changed']") !== null
    || playing;
  let playing = false;
  document.addEventListener("filmroom:time", (event) => { playing = event.detail.playing === true; });
  document.addEventListener("htmx:after:swap", () => {
    const done = document.querySelector("[data-new-reading]:not([data-seen])");
    if (!done) return;
    done.dataset.seen = "";
    if (!busy()) location.reload();
  });
})();
