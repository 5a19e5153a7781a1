/* htmx without what our content policy does not allow it, and the theme that the rest of the site has in this browser. */
(function () {
  htmx.config.includeIndicatorStyles = false;
  htmx.config.allowEval = false;
  try {
    if (!localStorage.getItem("adminTheme")) localStorage.setItem("adminTheme", JSON.stringify(localStorage.getItem("theme") === "light" ? "light" : "dark"));
  } catch (e) { /* storage switched off: as the system has it */ }
})();
