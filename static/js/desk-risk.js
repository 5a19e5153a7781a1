/* The risk manager's desk. */
import { startDesk } from "./lib/desk.js";
import { riskKeys } from "./lib/keys-risk.js";
import * as acts from "./cards/acts.js";
import * as market from "./cards/market.js";
import * as pnl from "./cards/pnl.js";
import * as positions from "./cards/positions.js";

startDesk({ acts, market, pnl, positions }, riskKeys, {
  cutoff: () => import("./cards/cutoff.js"),
  movers: () => import("./cards/movers.js"),
  limits: () => import("./cards/limits.js"),
  evening: () => import("./cards/evening.js"),
  exposure: () => import("./cards/exposure.js"),
  price: () => import("./cards/price.js"),
  unwind: () => import("./cards/unwind.js"),
  orders: () => import("./cards/orders.js"),
  tape: () => import("./cards/tape.js"),
  headlines: () => import("./cards/headlines.js"),
});
