/* htmx without what our content policy does not allow it, the theme that the rest of the site has in this browser, and the landmark
   that unfold's page lacks. */
(() => {
  htmx.config.includeIndicatorStyles = false;
  htmx.config.allowEval = false;
  try {
    if (!localStorage.getItem("adminTheme")) localStorage.setItem("adminTheme", JSON.stringify(localStorage.getItem("theme") === "light" ? "light" : "dark"));
  } catch { /* storage switched off: as the system has it */ }
  addEventListener("DOMContentLoaded", () => document.getElementById("main")?.setAttribute("role", "main"));
})();
