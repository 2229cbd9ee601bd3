"use strict";
/* Pages about a person: where the tabs scroll, the one that is open comes into view. */
(() => {
  const here = document.querySelector(".tabs a[aria-current]");
  if (here && here.parentElement.scrollWidth > here.parentElement.clientWidth) {
    here.parentElement.scrollLeft = here.offsetLeft - (here.parentElement.clientWidth - here.offsetWidth) / 2;
  }
})();
