/* The operator's desk. */
import { startDesk } from "./lib/desk.js";
import { operatorKeys } from "./lib/keys-operator.js";
import * as chart from "./cards/chart.js";
import * as chosen from "./cards/chosen.js";
import * as log from "./cards/log.js";
import * as rates from "./cards/rates.js";
import * as servers from "./cards/servers.js";

startDesk({ chart, chosen, log, rates, servers }, operatorKeys, { look: () => import("./cards/look.js") });
