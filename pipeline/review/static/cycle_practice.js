"use strict";
/* A recording that is too large is told before it is sent: the page would wait for minutes to hear the same. */
(() => {
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || !input.dataset.most) return;
    const file = input.files && input.files[0];
    const most = Number(input.dataset.most);
    const tooLarge = Boolean(file) && file.size > most * 1e6;
    input.setCustomValidity(tooLarge ? `This file has ${Math.ceil(file.size / 1e6)} MB, and ${most} MB can be taken. Cut it, or export it as mp3 or m4a.` : "");
    if (tooLarge) input.reportValidity();
  });
})();
