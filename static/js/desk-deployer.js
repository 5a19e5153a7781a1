/* The deployer's desk. */
import { startDesk } from "./lib/desk.js";

startDesk({}, () => {});
