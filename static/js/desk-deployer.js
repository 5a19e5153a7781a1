/* The deployer's desk. */
import { startDesk } from "./lib/desk.js";
import { deployerKeys } from "./lib/keys-deployer.js";
import * as changes from "./cards/changes.js";
import * as flag from "./cards/flag.js";
import * as fleet from "./cards/fleet.js";
import * as releases from "./cards/releases.js";
import * as terminal from "./cards/terminal.js";

startDesk({ changes, flag, fleet, releases, terminal }, deployerKeys);
