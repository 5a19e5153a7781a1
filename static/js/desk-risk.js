/* The risk manager's desk. */
import { startDesk } from "./lib/desk.js";
import { riskKeys } from "./lib/keys-risk.js";
import * as acts from "./cards/acts.js";
import * as cutoff from "./cards/cutoff.js";
import * as evening from "./cards/evening.js";
import * as exposure from "./cards/exposure.js";
import * as headlines from "./cards/headlines.js";
import * as limits from "./cards/limits.js";
import * as market from "./cards/market.js";
import * as movers from "./cards/movers.js";
import * as pnl from "./cards/pnl.js";
import * as positions from "./cards/positions.js";
import * as price from "./cards/price.js";
import * as tape from "./cards/tape.js";
import * as unwind from "./cards/unwind.js";

startDesk({ acts, cutoff, evening, exposure, headlines, limits, market, movers, pnl, positions, price, tape, unwind }, riskKeys);
