/* The incident log beside the bridge: what was said and written since comes by itself, and what is being typed stays. */
import { bindSettings } from "./lib/settings.js";

const EVERY_MS = 5000;

bindSettings();
setInterval(look, EVERY_MS); // also while another window is in front: that it asks is what says that somebody is there

/* A request for a document: the page may not turn text into one by itself (trusted types). */
function look() {
  const request = new XMLHttpRequest();
  request.open("GET", location.href);
  request.responseType = "document";
  request.onload = () => request.status === 200 && request.responseXML && show(request.responseXML);
  request.send();
}

/** @param {Document} fresh */
function show(fresh) {
  if (!!fresh.querySelector("form[data-log]") !== !!document.querySelector("form[data-log]")) return location.reload(); // it opened, it closed, or the facilitator freed the role
  for (const shown of document.querySelectorAll("[data-live]")) {
    const now = fresh.getElementById(shown.id);
    if (now && now.innerHTML !== shown.innerHTML && !shown.contains(document.activeElement)) shown.replaceChildren(...now.childNodes);
  }
}
