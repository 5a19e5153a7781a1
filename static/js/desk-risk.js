/* The risk manager's desk. */
import { startDesk } from "./lib/desk.js";

startDesk({}, () => {});
