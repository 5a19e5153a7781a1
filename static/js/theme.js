/* Before first paint: the theme this browser chose, else the system's, also when the system changes, and the colour of the browser's own bars, which
   follows every theme that the page takes. Classic and tiny on purpose: a module would paint dark first. */
(function () {
  var root = document.documentElement;
  var bars = document.querySelector("meta[name=theme-color]");
  var system = matchMedia("(prefers-color-scheme: light)");
  function show() {
    var chosen = null;
    try { chosen = localStorage.getItem("theme"); } catch (e) { /* storage switched off: the system's stays */ }
    root.dataset.theme = chosen || (system.matches ? "light" : "dark");
    paint();
  }
  function paint() {
    bars.content = root.dataset.theme === "light" ? "#ffffff" : "#0a0f18"; // --bg
  }
  show();
  system.addEventListener("change", show);
  new MutationObserver(paint).observe(root, { attributeFilter: ["data-theme"] });
})();
