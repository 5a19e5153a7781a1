/* Runs only where modules do not: says so on a page that needs them. In words that such a browser knows. */
document.documentElement.setAttribute("data-old", "");
